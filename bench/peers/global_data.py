"""Data whose arrangement at large is known: `global_data.py --out folder [name ...]`, without a name all of it.

Of each the folder NAME gets x.npy (rows, 32-bit floats), labels.npy (bytes) where it has classes, latent.npy where every row has
known coordinates (a place on a sheet, a ring, along a path), and about.json with the metric of those coordinates. Prints the
names as JSON. The same numbers at every call: every set has a seed of its own and the versions of the packages are pinned. Small
on purpose.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from sklearn import datasets
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler


def standardised(loaded):
    return {"x": StandardScaler().fit_transform(loaded.data), "labels": loaded.target}


def digits():
    loaded = datasets.load_digits()
    return {"x": loaded.data, "labels": loaded.target}


def iris():
    loaded = datasets.load_iris()
    return {"x": loaded.data, "labels": loaded.target}


def diabetes():
    return {"x": datasets.load_diabetes().data}


def moons():
    x, labels = datasets.make_moons(1000, noise=0.05, random_state=1)
    return {"x": x, "labels": labels}


def circles():
    x, labels = datasets.make_circles(1000, factor=0.5, noise=0.05, random_state=2)
    return {"x": x, "labels": labels}


def s_curve():
    x, along = datasets.make_s_curve(2000, noise=0.05, random_state=3)
    # The angle is the length of the arc: both halves are circles of radius 1.
    return {"x": x, "latent": np.column_stack([along, x[:, 1]])}


def swiss_roll():
    x, angle = datasets.make_swiss_roll(2000, noise=0.05, random_state=4)
    arc = (angle * np.sqrt(1 + angle**2) + np.arcsinh(angle)) / 2
    return {"x": x, "latent": np.column_stack([arc, x[:, 1]])}


def blobs():
    x, labels = datasets.make_blobs(2000, n_features=10, centers=10, cluster_std=1.5, random_state=5)
    return {"x": x, "labels": labels}


def ring():
    """A thick ring in 10 dimensions, denser on one side."""
    random = np.random.default_rng(6)
    angle = 2 * np.pi * random.beta(1, 1.5, 1500)
    latent = np.column_stack([np.cos(angle), np.sin(angle)])
    return {"x": 5 * latent @ axes(random, 2, 10) + 0.3 * random.standard_normal((1500, 10)), "latent": latent}


def helix():
    random = np.random.default_rng(7)
    along = np.sort(random.uniform(0, 6 * np.pi, 1500))
    x = np.column_stack([2 * np.cos(along), 2 * np.sin(along), 0.5 * along])
    return {"x": x + 0.05 * random.standard_normal(x.shape), "latent": along[:, None]}


def noise():
    """300 dimensions without structure: nothing to find, and nothing to be lost."""
    return {"x": np.random.default_rng(8).standard_normal((1000, 300))}


def hierarchy():
    """27 balls: three groups of three groups of three, each level a third as wide as the one above."""
    random = np.random.default_rng(9)
    centres = np.zeros((1, 50))
    for scale in (90, 30, 10):
        centres = np.repeat(centres, 3, axis=0) + scale * random.standard_normal((3 * len(centres), 50))
    labels = np.repeat(np.arange(27), 100)
    return {"x": centres[labels] + random.standard_normal((2700, 50)), "labels": labels}


def clusters():
    """12 clusters of unequal sizes and widths, some of which touch."""
    random = np.random.default_rng(10)
    centres = 3 * random.standard_normal((12, 10))
    labels = random.choice(12, 12_000, p=random.dirichlet(np.full(12, 4.0)))
    widths = random.uniform(0.7, 1.5, 12)
    return {"x": centres[labels] + widths[labels, None] * random.standard_normal((12_000, 10)), "labels": labels}


def cells():
    """Counts of 500 genes in 3,000 cells of 12 types: a tree of types, unequal numbers and depths of sequencing; then what is
    usual: per 10,000 counts, log(1 + x), 50 principal components."""
    random = np.random.default_rng(11)
    types = random.gamma(0.6, 1.0, (1, 500)) + 0.02
    for branches, share, sigma in ((3, 0.3, 1.5), (2, 0.2, 1.2), (2, 0.1, 1.0)):
        types = np.repeat(types, branches, axis=0)
        changed = random.random(types.shape) < share
        types = types * np.exp(changed * sigma * random.standard_normal(types.shape))
    labels = random.choice(12, 3000, p=random.dirichlet(np.full(12, 3.0)))
    means = types[labels] / types[labels].sum(axis=1, keepdims=True) * random.lognormal(7.0, 0.4, (3000, 1))
    counts = random.poisson(means * random.gamma(4.0, 0.25, means.shape))
    logs = np.log1p(1e4 * counts / counts.sum(axis=1, keepdims=True))
    return {"x": PCA(50, svd_solver="full").fit_transform(logs), "labels": labels}


def trajectory():
    """A path that forks twice: 7 stretches of 360 rows in 30 dimensions, with thick noise around."""
    random = np.random.default_rng(12)
    parents = [None, 0, 0, 1, 1, 2, 2]
    ways = axes(random, 7, 30)
    on = np.repeat(np.arange(7), 360)
    latent = path_coordinates(parents, on, random.uniform(0, 10, len(on)), np.full(7, 10.0))
    return {"x": latent @ ways + 0.5 * random.standard_normal((len(on), 30)), "labels": on, **along_paths(latent)}


def tree():
    """Random walks of 250 steps in 60 dimensions, each from somewhere on an earlier one: as in the artificial tree of PHATE's
    paper (Moon et al. 2019)."""
    random = np.random.default_rng(13)
    walks, latents = [], []
    for branch in range(12):
        start, known = np.zeros(60), np.zeros(12)
        if branch > 0:
            parent, step = random.integers(branch), random.integers(60, 250)
            start, known = walks[parent][step], latents[parent][step]
        walks.append(start + np.cumsum(random.standard_normal((250, 60)), axis=0))
        latents.append(known + np.arange(1, 251)[:, None] * (np.arange(12) == branch))
    x, latent = np.concatenate(walks), np.concatenate(latents)
    return {
        "x": x + 2 * random.standard_normal(x.shape),
        "labels": np.repeat(np.arange(12), 250),
        **along_paths(latent),
    }


def axes(random, count, cols):
    """Directions at right angles."""
    return np.linalg.qr(random.standard_normal((cols, count)))[0].T


def path_coordinates(parents, on, along, lengths):
    """For each row how far it has gone on each stretch: its own in part, those before it whole."""
    before = np.zeros((len(parents), len(parents)))
    for stretch, parent in enumerate(parents):
        if parent is not None:
            before[stretch] = before[parent]
            before[stretch, parent] = lengths[parent]
    latent = before[on]
    latent[np.arange(len(on)), on] = along
    return latent


def along_paths(latent):
    """Sums of differences of such coordinates are distances along a tree's branches."""
    return {"latent": latent, "latent_metric": "manhattan"}


SETS = {
    "digits": digits,
    "trajectory": trajectory,
    "tree": tree,
    "cells": cells,
    "iris": iris,
    "moons": moons,
    "circles": circles,
    "hierarchy": hierarchy,
    "s-curve": s_curve,
    "swiss-roll": swiss_roll,
    "blobs": blobs,
    "wine": lambda: standardised(datasets.load_wine()),
    "cancer": lambda: standardised(datasets.load_breast_cancer()),
    "ring": ring,
    "helix": helix,
    "diabetes": diabetes,
    "noise": noise,
    "clusters": clusters,
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("names", nargs="*", default=[])
    args = parser.parse_args()
    names = args.names or list(SETS)
    for name in names:
        made = SETS[name]()
        folder = args.out / name
        folder.mkdir(parents=True, exist_ok=True)
        for part, kind in (("x", np.float32), ("labels", np.uint8), ("latent", np.float32)):
            if part in made:
                np.save(folder / f"{part}.npy", np.ascontiguousarray(made[part], dtype=kind))
        (folder / "about.json").write_text(json.dumps({"latentMetric": made.get("latent_metric", "euclidean")}))
    print(json.dumps(names))


if __name__ == "__main__":
    main()
