"""Scores aligned embeddings: `score_aligned.py --points ... --slices 10 --length 400 --step 150 a b ...`

Of a result `a` a-I.npy is the embedding of slice I: --length rows of the points from I * --step on. Prints one line of JSON,
for each result the mean trustworthiness of the slices (as score.py's), and the mean distance of the rows that consecutive
slices share as a part of their standard deviation (the root of the mean variance of both, all axes).
"""

import json

import numpy as np
from score import Judge
from task import K, points_arguments, read_points


def displacement(earlier, later, step):
    shared = min(len(earlier) - step, len(later))
    moved = np.linalg.norm(earlier[step : step + shared] - later[:shared], axis=1).mean()
    return moved / np.sqrt(np.mean([earlier.var(axis=0).mean(), later.var(axis=0).mean()]))


def main():
    parser = points_arguments()
    for name in ("slices", "length", "step"):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("results", nargs="+")
    args = parser.parse_args()
    points = read_points(args)
    found = [[np.load(f"{result}-{i}.npy").astype(np.float64) for i in range(args.slices)] for result in args.results]
    trust = np.zeros((args.slices, len(found)))
    for i in range(args.slices):
        own = points[args.step * i : args.step * i + args.length]
        scores = Judge(own, None, np.arange(len(own)), K).score([embeddings[i] for embeddings in found])
        trust[i] = [score["trustworthiness"] for score in scores]
    moved = [np.mean([displacement(*pair, args.step) for pair in zip(all_, all_[1:])]) for all_ in found]
    print(json.dumps([{"trustworthiness": t, "displacement": d} for t, d in zip(trust.mean(axis=0), moved)]))


if __name__ == "__main__":
    main()
