"""umap-learn's embeddings of data sets, by several seeds: `umap_learn_global.py --seeds 5 folder ...`

Of each folder it reads x.npy and writes umap-learn-SEED.npy, seeds from 0 on. Up to --seeded rows with random_state=SEED, which
umap-learn does on one thread and the same each time; above without, on --threads, where no two runs are the same. Embeddings
that are there are kept. Prints a JSON object with the versions.
"""

import argparse
import json
import os
import sys
from pathlib import Path


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--seeded", type=int, default=20_000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("folders", nargs="+", type=Path)
    return parser.parse_args()


def main():
    args = arguments()
    # Read by numba when it is first imported.
    os.environ["NUMBA_NUM_THREADS"] = str(args.threads)
    import numpy as np
    import umap

    for folder in args.folders:
        points = np.load(folder / "x.npy").astype(np.float32)
        for seed in range(args.seeds):
            out = folder / f"umap-learn-{seed}.npy"
            if out.exists():
                continue
            is_seeded = len(points) <= args.seeded
            options = {"random_state": seed, "n_jobs": 1} if is_seeded else {"n_jobs": args.threads}
            embedding = umap.UMAP(**options).fit_transform(points)
            # A name of its own until it is whole.
            np.save(out.with_suffix(".part.npy"), embedding)
            out.with_suffix(".part.npy").rename(out)
            print(f"umap-learn, {folder.name}: seed {seed}", file=sys.stderr)
    print(json.dumps({"versions": f"umap-learn {umap.__version__}, numpy {np.__version__}"}))


if __name__ == "__main__":
    main()
