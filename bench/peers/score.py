"""Scores embeddings by exact neighbours of a fixed sample of rows against all rows. The one judge of compare.mjs.

    python score.py points.bin --dtype uint8 --rows 70000 --cols 784 --labels labels.u8 --sample 10000 a.npy b.npy ...

Trustworthiness@k, neighbour preservation@k and leave-one-out k-NN label accuracy@k as in test/fixtures/quality.json;
trustworthiness is the mean over the sampled rows of the same sum that scikit-learn takes over all rows. Prints one
line of JSON for each embedding. It needs numpy alone and keeps no more than a few hundred rows of distances.
"""

import argparse
import json

import numpy as np

SAMPLE_SEED = 10_000
BLOCK = 250


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("points")
    parser.add_argument("embeddings", nargs="+")
    parser.add_argument("--dtype", default="float32")
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--cols", type=int, required=True)
    parser.add_argument("--labels", help="one byte a row")
    parser.add_argument("--sample", type=int, default=10_000)
    parser.add_argument("--k", type=int, default=15)
    return parser.parse_args()


def sampled_rows(rows, sample):
    """The same rows for every embedding and every run."""
    if sample >= rows:
        return np.arange(rows)
    return np.sort(np.random.default_rng(SAMPLE_SEED).choice(rows, sample, replace=False))


def squared_distances(points, norms, block):
    """Squared distances of a block of rows to all rows, the rows themselves at infinity; exact for images (whole numbers)."""
    distances = norms[block, None] + norms[None] - 2.0 * (points[block] @ points.T)
    distances[np.arange(len(block)), block] = np.inf
    return distances


def nearest(distances, k):
    """The k nearest of each row, equal distances ordered by index."""
    found = np.empty((len(distances), k), np.int64)
    bounds = np.partition(distances, k - 1, axis=1)[:, k - 1]
    for row, bound in enumerate(bounds):
        candidates = np.flatnonzero(distances[row] <= bound)
        order = np.argsort(distances[row, candidates], kind="stable")[:k]
        found[row] = candidates[order]
    return found


def ranks_of(distances, wanted):
    """Rank (1 = nearest) of wanted[row] columns among all columns of the row, equal distances ordered by index."""
    ranks = np.empty(wanted.shape, np.int64)
    for row, columns in enumerate(wanted):
        line = distances[row]
        ordered = np.sort(line)
        targets = line[columns]
        ranks[row] = np.searchsorted(ordered, targets) + 1
        ties = np.searchsorted(ordered, targets, side="right") - ranks[row] > 0
        for which in np.flatnonzero(ties):
            ranks[row, which] += np.count_nonzero(line[: columns[which]] == targets[which])
    return ranks


class Judge:
    def __init__(self, points, labels, sample, k):
        # f64 products of integers below 2^53 are exact; f32 points lose nothing either.
        self.points = points.astype(np.float64)
        self.norms = np.einsum("ij,ij->i", self.points, self.points)
        self.labels, self.sample, self.k = labels, sample, k

    def neighbours_in(self, embedding):
        positions = embedding.astype(np.float64)
        found = []
        for block in np.array_split(self.sample, -(-len(self.sample) // BLOCK)):
            distances = np.zeros((len(block), len(positions)))
            for axis in positions.T:  # differences, not products: no cancellation between close points
                distances += (axis[block, None] - axis[None]) ** 2
            distances[np.arange(len(block)), block] = np.inf
            found.append(nearest(distances, self.k))
        return np.concatenate(found)

    def score(self, embeddings):
        """One pass over the input distances, the expensive part, for all embeddings."""
        near = [self.neighbours_in(embedding) for embedding in embeddings]
        penalties, kept = np.zeros(len(near)), np.zeros(len(near))
        done = 0
        for block in np.array_split(self.sample, -(-len(self.sample) // BLOCK)):
            distances = squared_distances(self.points, self.norms, block)
            rows = slice(done, done + len(block))
            for which, found in enumerate(near):
                ranks = ranks_of(distances, found[rows])
                penalties[which] += np.maximum(ranks - self.k, 0).sum()
                # A neighbour in the embedding is kept if it is among the k nearest of the input.
                kept[which] += np.count_nonzero(ranks <= self.k)
            done += len(block)
        n, k, count = len(self.points), self.k, len(self.sample)
        return [{
            "trustworthiness": 1 - penalties[which] * 2 / (count * k * (2 * n - 3 * k - 1)),
            "preservation": kept[which] / (count * k),
            **({} if self.labels is None else {"label_accuracy": self.accuracy(found)}),
        } for which, found in enumerate(near)]

    def accuracy(self, found):
        votes = [np.bincount(self.labels[row]).argmax() for row in found]
        return float(np.mean(np.array(votes) == self.labels[self.sample]))


def main():
    args = arguments()
    points = np.fromfile(args.points, dtype=args.dtype, count=args.rows * args.cols).reshape(args.rows, args.cols)
    labels = None if args.labels is None else np.fromfile(args.labels, np.uint8, count=args.rows)
    judge = Judge(points, labels, sampled_rows(args.rows, args.sample), args.k)
    for path, scores in zip(args.embeddings, judge.score([np.load(path) for path in args.embeddings])):
        print(json.dumps({"embedding": path, "k": args.k, "rows_scored": len(judge.sample), **scores}))


if __name__ == "__main__":
    main()
