"""How far local radii of embeddings follow those of the points: `score_density.py --points ... --labels labels.u8 a b ...`

The local radius of a row is the logarithm of the mean squared distance of its 15 nearest, as in `evaluate`; the correlation
(Pearson) is that over a sample of rows. Of a result `a` a.npy is the embedding. Where it has fewer rows than the points, it
is a model of the first ones, a.places.npy has the places of the others, and their nearest are looked for in the model.
`classes` has for each label the median radius in the embedding less that of all rows. Prints a line of JSON for each result.
"""

import json

import numpy as np
from scipy.spatial import KDTree
from score import Distances, sampled_rows
from task import K, points_arguments, read_points

ROWS = 5000


def logs(squares):
    return np.log(squares + 1e-6 * squares.mean())


def input_radii(distances, sample, rows):
    """Among the first `rows`."""
    found = [np.partition(lines[:, :rows], K - 1)[:, :K].mean(axis=1) for _, lines in distances.blocks(sample)]
    return logs(np.concatenate(found))


def layout_radii(tree, places, own):
    """`own`: places are in the tree themselves."""
    found = tree.query(places, K + own)[0][:, own:]
    return logs((found**2).mean(axis=1))


def main():
    parser = points_arguments()
    parser.add_argument("--labels", required=True)
    parser.add_argument("results", nargs="+")
    args = parser.parse_args()
    distances, labels = Distances(read_points(args), args.metric), np.fromfile(args.labels, np.uint8)
    known = {}  # input radii by the rows of the model, and whether those of new rows
    for result in args.results:
        embedding = np.load(f"{result}.npy").astype(np.float64)
        rows, tree, score = len(embedding), KDTree(embedding), {}
        for name, first, last in (("correlation", 0, rows), ("new_rows", rows, args.rows)):
            if first == last:
                continue
            places = embedding if first == 0 else np.load(f"{result}.places.npy").astype(np.float64)
            sample = sampled_rows(last - first, ROWS)
            if (rows, name) not in known:
                known[rows, name] = input_radii(distances, first + sample, rows)
            radii = layout_radii(tree, places[sample], int(first == 0))
            score[name] = float(np.corrcoef(known[rows, name], radii)[0, 1])
            if first == 0:
                of = labels[sample]
                score["classes"] = [float(np.median(radii[of == c]) - np.median(radii)) for c in np.unique(labels)]
        print(json.dumps(score))


if __name__ == "__main__":
    main()
