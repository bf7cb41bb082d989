"""Neighbours and a fit of sparse rows by umap-learn: reads raw arrays of a folder, prints one line of JSON."""

import json
import os
import sys
import time

import numpy as np
import scipy.sparse
import umap
from sklearn.metrics import pairwise_distances

K = 15


def matrix(folder):
    read = lambda name, dtype: np.fromfile(os.path.join(folder, name), dtype=dtype)
    indptr, indices, data = read("indptr.i32", np.int32), read("indices.i32", np.int32), read("data.f32", np.float32)
    with open(os.path.join(folder, "shape.json"), encoding="utf8") as file:
        rows, cols = json.load(file)
    return scipy.sparse.csr_matrix((data, indices, indptr), shape=(rows, cols))


def recall(points, indices, sample):
    distances = pairwise_distances(points[sample], points, metric="cosine")
    # As far as the K-th nearest, with what rounding leaves.
    limit = np.partition(distances, K - 1, axis=1)[:, K - 1] + 1e-6
    found = np.take_along_axis(distances, np.maximum(indices[sample], 0), axis=1) <= limit[:, None]
    return float(found.mean())


def main(folder):
    points = matrix(folder)
    small = points[:500]
    umap.UMAP(n_neighbors=K, metric="cosine", n_epochs=1, force_approximation_algorithm=True, random_state=1).fit(small)
    start = time.perf_counter()
    model = umap.UMAP(n_neighbors=K, metric="cosine", n_epochs=1).fit(points)
    found = time.perf_counter() - start
    start = time.perf_counter()
    umap.UMAP(n_neighbors=K, metric="cosine").fit(points)
    fit = time.perf_counter() - start
    sample = np.arange(0, points.shape[0], max(1, points.shape[0] // 500))
    print(json.dumps({"one epoch": found, "fit": fit, "recall": recall(points, model._knn_indices, sample)}))


main(sys.argv[1])
