"""Scores what embeddings say at large and in the small: `score_global.py --data x.npy [--labels labels.npy] [--latent
latent.npy] [--latent-metric manhattan] program-1.npy program-2.npy other-1.npy ...`

Embeddings of different seeds of one program are named program-SEED.npy. Prints one JSON object: `embeddings` has the measures
of each, `programs` their means over the seeds and `procrustes`, how far the embeddings of its seeds are from each other. The
samples are the same for all embeddings of a data set and at every call.

- trustworthiness, preservation, label_accuracy: as in score.py, 15 neighbours.
- triplets: of random triplets (i, a, b) the share where a and b are in the same order from i (Wang et al. 2021, JMLR 22(201)).
  Equal distances in the data say nothing and are left out, equal ones in the embedding count as half.
- centroids: Spearman's correlation of the distances between the means of classes, in the data and in the embedding.
- distances: the same of the distances of all pairs of some rows (Kobak and Berens 2019: CPD).
- latent_triplets, latent_distances: both against distances of the known coordinates.
- procrustes: mean over pairs of seeds of sqrt(1 - s^2): what is left of the distance of two centred embeddings of norm 1 after
  the best rotation, reflection and scale; s is the sum of the singular values of A'B. From 0 to 1; the root of the disparity
  of scipy.spatial.procrustes.
"""

import argparse
import json
from itertools import combinations
from pathlib import Path

import numpy as np
from scipy.spatial.distance import pdist
from scipy.stats import spearmanr
from score import Judge, sampled_rows
from task import K

SEED = 20_210_201
TRIPLETS = 100_000
# All pairs of so many rows.
PAIR_ROWS = 1_500
NAMES = {"euclidean": "euclidean", "manhattan": "cityblock"}


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True)
    parser.add_argument("--labels")
    parser.add_argument("--latent")
    parser.add_argument("--latent-metric", choices=NAMES, default="euclidean")
    parser.add_argument("--sample", type=int, default=10_000, help="rows for the neighbours")
    parser.add_argument("--no-local", action="store_true", help="leave out what the neighbours say")
    parser.add_argument("embeddings", nargs="+")
    return parser.parse_args()


def triplets_of(rows):
    """Three different rows each."""
    random = np.random.default_rng(SEED)
    first, second, third = (random.integers(rows - less, size=TRIPLETS) for less in range(3))
    # Without rejection: the later ones pass over the earlier ones.
    second += second >= first
    low, high = np.minimum(first, second), np.maximum(first, second)
    third += third >= low
    third += third >= high
    return first, second, third


def pair_distances(points, first, second, metric):
    blocks = [points[a].astype(np.float64) - points[b] for a, b in zip(*(np.array_split(x, 20) for x in (first, second)))]
    if metric == "manhattan":
        return np.concatenate([np.abs(block).sum(axis=1) for block in blocks])
    return np.concatenate([np.einsum("ij,ij->i", block, block) for block in blocks])


class Space:
    """What is kept of one set of coordinates: distances of the same pairs and triplets in each."""

    def __init__(self, points, triplets, rows, metric="euclidean"):
        first, second, third = triplets
        self.order = np.sign(pair_distances(points, first, second, metric) - pair_distances(points, first, third, metric))
        self.distances = pdist(points[rows].astype(np.float64), NAMES[metric])

    def triplets(self, other):
        counted = self.order != 0
        return float(1 - np.abs(self.order - other.order)[counted].mean() / 2)

    def correlation(self, other):
        return float(spearmanr(self.distances, other.distances).statistic)


def centroid_distances(points, labels):
    return pdist(np.array([points[labels == label].mean(axis=0, dtype=np.float64) for label in np.unique(labels)]))


def procrustes(first, second):
    first, second = (points - points.mean(axis=0) for points in (first, second))
    first, second = (points / np.linalg.norm(points) for points in (first, second))
    return float(np.sqrt(max(0.0, 1 - np.linalg.svd(first.T @ second, compute_uv=False).sum() ** 2)))


def global_scores(args, data, labels, embeddings):
    triplets, rows = triplets_of(len(data)), sampled_rows(len(data), PAIR_ROWS, SEED)
    truth = Space(data, triplets, rows)
    latent = Space(np.load(args.latent), triplets, rows, args.latent_metric) if args.latent else None
    for embedding in embeddings:
        space = Space(embedding, triplets, rows)
        score = {"triplets": truth.triplets(space), "distances": truth.correlation(space)}
        if labels is not None and len(np.unique(labels)) > 2:
            ours, theirs = (centroid_distances(points, labels) for points in (data, embedding))
            score["centroids"] = float(spearmanr(ours, theirs).statistic)
        if latent is not None:
            score.update(latent_triplets=latent.triplets(space), latent_distances=latent.correlation(space))
        yield score


def together(names, scores, embeddings):
    """Means of the seeds of each program."""
    programs = [Path(name).stem.rpartition("-")[0] for name in names]
    found = {}
    for program in dict.fromkeys(programs):
        mine = [at for at, other in enumerate(programs) if other == program]
        found[program] = {key: float(np.mean([scores[at][key] for at in mine])) for key in scores[mine[0]]}
        found[program]["seeds"] = len(mine)
        if len(mine) > 1:
            pairs = combinations(mine, 2)
            found[program]["procrustes"] = float(np.mean([procrustes(embeddings[a], embeddings[b]) for a, b in pairs]))
    return found


def main():
    args = arguments()
    data = np.load(args.data)
    labels = None if args.labels is None else np.load(args.labels).ravel()
    embeddings = [np.load(name).astype(np.float64) for name in args.embeddings]
    scores = [{} for _ in embeddings]
    if not args.no_local:
        scores = Judge(data, labels, sampled_rows(len(data), args.sample), K).score(embeddings)
    for score, more in zip(scores, global_scores(args, data, labels, embeddings)):
        score.update(more)
    by_name = dict(zip(args.embeddings, scores))
    print(json.dumps({"embeddings": by_name, "programs": together(args.embeddings, scores, embeddings)}))


if __name__ == "__main__":
    main()
