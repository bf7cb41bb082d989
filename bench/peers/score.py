"""Scores results by exact neighbours of fixed samples of rows among all rows. The one judge of all programs.

    python score.py --points points.bin --dtype uint8 --rows 70000 --cols 784 --metric euclidean --labels labels.u8 \
        --sample 10000 --knn-sample 1000 a b ...

Of a result `a` it reads a.npy (the embedding) and a.knn.npy (neighbours, the point itself among them), where they are.
Trustworthiness@k, neighbour preservation@k and leave-one-out k-NN label accuracy@k as in test/fixtures/quality.json;
trustworthiness is the mean over the sampled rows of the same sum that scikit-learn takes over all rows. Recall@k is
that of the k - 1 others: a neighbour counts as found if it is no farther than the farthest true one, so that ties do
not matter. Distances in the input are those of the metric. Prints one line of JSON for each result.
"""

import json
import sys
from pathlib import Path

import numpy as np
from scipy.spatial import KDTree
from task import K, points_arguments, read_points

SAMPLE_SEED, KNN_SAMPLE_SEED = 10_000, 1_000
# Distances kept at a time: 0.25 GiB in f64, of which a few copies are made.
BLOCK_ELEMENTS = 1 << 25


def arguments():
    parser = points_arguments()
    parser.add_argument("results", nargs="+")
    parser.add_argument("--labels", help="one byte a row")
    parser.add_argument("--sample", type=int, default=10_000)
    parser.add_argument("--knn-sample", type=int, default=1_000)
    parser.add_argument("--k", type=int, default=K)
    return parser.parse_args()


def sampled_rows(rows, sample, seed=SAMPLE_SEED):
    """The same rows for every result and every run."""
    if sample >= rows:
        return np.arange(rows)
    return np.sort(np.random.default_rng(seed).choice(rows, sample, replace=False))


class Distances:
    """Distances in the input, from blocks of rows to all rows, a row itself at infinity; they order like the metric's."""

    def __init__(self, points, metric="euclidean"):
        # f64 products of integers below 2^53 are exact; f32 points lose nothing either.
        self.points = points.astype(np.float64)
        if metric == "cosine":
            norms = np.linalg.norm(self.points, axis=1, keepdims=True)
            self.points /= np.where(norms > 0, norms, 1)
        elif metric != "euclidean":
            raise ValueError(f"--metric {metric}: expected euclidean or cosine")
        self.norms = np.einsum("ij,ij->i", self.points, self.points)

    def blocks(self, sample):
        count = -(-len(sample) * len(self.points) // BLOCK_ELEMENTS)
        for block in np.array_split(sample, max(1, count)):
            distances = self.points[block] @ self.points.T
            distances *= -2.0
            distances += self.norms[block, None]
            distances += self.norms[None]
            distances[np.arange(len(block)), block] = np.inf
            yield block, distances


def nearest(tree, row, k):
    """The k nearest others of a row in an embedding, equal distances ordered by index."""
    position = tree.data[row]
    # One more for the row itself, and a little farther than the last: as rounding and ties may have it.
    bound = tree.query(position, k + 1)[0][-1] * (1 + 1e-9)
    candidates = np.array(sorted(tree.query_ball_point(position, bound)))
    candidates = candidates[candidates != row]
    distances = ((tree.data[candidates] - position) ** 2).sum(axis=1)
    return candidates[np.argsort(distances, kind="stable")[:k]]


def ranks_of(line, ordered, columns):
    """Rank (1 = nearest) of columns in a line of distances, equal distances ordered by index."""
    targets = line[columns]
    ranks = np.searchsorted(ordered, targets) + 1
    ties = np.searchsorted(ordered, targets, side="right") - ranks > 0
    for which in np.flatnonzero(ties):
        ranks[which] += np.count_nonzero(line[: columns[which]] == targets[which])
    return ranks


class Judge:
    def __init__(self, points, labels, sample, k, metric="euclidean"):
        self.distances = Distances(points, metric)
        self.labels, self.sample, self.k = labels, sample, k

    def score(self, embeddings):
        """One pass over the input distances, the expensive part, for all embeddings."""
        near = []
        for embedding in embeddings:
            tree = KDTree(embedding.astype(np.float64))
            near.append(np.array([nearest(tree, row, self.k) for row in self.sample]))
        penalties, kept = np.zeros(len(near)), np.zeros(len(near))
        done = 0
        for _, distances in self.distances.blocks(self.sample):
            for line in distances:
                ordered = np.sort(line)
                for which, found in enumerate(near):
                    ranks = ranks_of(line, ordered, found[done])
                    penalties[which] += np.maximum(ranks - self.k, 0).sum()
                    # A neighbour in the embedding is kept if it is among the k nearest of the input.
                    kept[which] += np.count_nonzero(ranks <= self.k)
                done += 1
        n, k, count = len(self.distances.points), self.k, len(self.sample)
        return [
            {
                "trustworthiness": 1 - penalties[which] * 2 / (count * k * (2 * n - 3 * k - 1)),
                "preservation": kept[which] / (count * k),
                **({} if self.labels is None else {"label_accuracy": self.accuracy(found)}),
            }
            for which, found in enumerate(near)
        ]

    def accuracy(self, found):
        votes = [np.bincount(self.labels[row]).argmax() for row in found]
        return float(np.mean(np.array(votes) == self.labels[self.sample]))

    def recall(self, graphs, sample):
        """Share of the k - 1 nearest others that each list of neighbours has."""
        hits = np.zeros(len(graphs))
        others = self.k - 1
        for block, distances in self.distances.blocks(sample):
            for row, line in zip(block, distances):
                bound = np.partition(line, others - 1)[others - 1]
                for which, graph in enumerate(graphs):
                    found = graph[row]
                    found = found[(found != row) & (found >= 0)][:others]
                    hits[which] += np.count_nonzero(line[np.unique(found)] <= bound)
        return hits / (len(sample) * others)


def load(results, suffix):
    """Those of the results that have the file, with what it holds."""
    return {name: np.load(name + suffix, mmap_mode="r") for name in results if Path(name + suffix).exists()}


def finite(embeddings):
    """Those that have a position for every row; the others have no quality."""
    whole = {name: embedding for name, embedding in embeddings.items() if np.isfinite(embedding).all()}
    for name in embeddings.keys() - whole.keys():
        print(f"{name}.npy: expected finite coordinates; not scored", file=sys.stderr)
    return whole


def main():
    args = arguments()
    labels = None if args.labels is None else np.fromfile(args.labels, np.uint8, count=args.rows)
    judge = Judge(read_points(args), labels, sampled_rows(args.rows, args.sample), args.k, args.metric)
    embeddings, graphs = finite(load(args.results, ".npy")), load(args.results, ".knn.npy")
    scores = {name: {"result": name} for name in args.results}
    if embeddings:
        for name, found in zip(embeddings, judge.score(list(embeddings.values()))):
            scores[name].update(rows_scored=len(judge.sample), **found)
    if graphs:
        rows = sampled_rows(args.rows, args.knn_sample, KNN_SAMPLE_SEED)
        for name, recall in zip(graphs, judge.recall(list(graphs.values()), rows)):
            scores[name].update(recall_rows=len(rows), recall=recall)
    for line in scores.values():
        print(json.dumps(line))


if __name__ == "__main__":
    main()
