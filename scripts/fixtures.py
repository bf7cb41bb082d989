"""Writes test/fixtures/ and the data sets beside them: what umap-learn, pynndescent, scikit-learn and scipy answer, for the tests to compare with.

    python3 -m venv .cache/python
    .cache/python/bin/pip install -r scripts/fixtures/requirements.txt
    .cache/python/bin/python scripts/fixtures.py            # all of them (about 1.5 minutes)
    .cache/python/bin/python scripts/fixtures.py fuzzy knn  # only these

Every JSON file says which versions wrote it. Numbers that are f32 in the reference are written with the fewest digits
that name that f32; f64 numbers likewise. JSON has no infinity, so an infinite distance is null.
"""

import sys

from fixtures import (
    aligned, arrangement, curve, datasets, density, fuzzy, knn, metrics, packed, pca, quality, reference, smooth, spectral, target)

WRITERS = {
    "digits": datasets.digits,
    "iris": datasets.iris,
    "smooth": smooth.write,
    "fuzzy": fuzzy.write,
    "curve": curve.write,
    "knn": knn.write,
    "metrics": metrics.write,
    "quality": quality.write,
    "arrangement": arrangement.write,
    "spectral": spectral.write,
    "pca": pca.write,
    "target": target.write,
    "density": density.write,
    "aligned": aligned.write,
    "packed": packed.write,
    "reference": reference.write,
}


def main(names):
    unknown = [name for name in names if name not in WRITERS]
    if unknown:
        sys.exit(f"unknown fixture {', '.join(unknown)}; there are: {', '.join(WRITERS)}")
    for name in names or WRITERS:
        WRITERS[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
