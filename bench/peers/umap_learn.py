"""One timed umap-learn fit in a process of its own; see ../compare.mjs, which calls this.

    python umap_learn.py points.bin --dtype uint8 --rows 70000 --cols 784 --threads 2 --out embedding.npy [--seed 1]

Prints one line of JSON: seconds of the fit (input already in memory as float32, numba warm), peak memory, versions.
Without --seed umap-learn runs in parallel, which is its fast path; with one it runs on a single thread.
"""

import argparse
import json
import os
import resource
import time


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("points")
    parser.add_argument("--dtype", default="float32")
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--cols", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--metric", default="euclidean")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--out", required=True)
    return parser.parse_args()


def main():
    args = arguments()
    # Read by numba when it is first imported.
    os.environ["NUMBA_NUM_THREADS"] = str(args.threads)
    os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = str(args.threads)
    import numpy as np
    import pynndescent
    import umap

    options = {"metric": args.metric, "random_state": args.seed, "n_jobs": args.threads if args.seed is None else 1}
    points = np.fromfile(args.points, dtype=args.dtype, count=args.rows * args.cols).reshape(args.rows, args.cols).astype(np.float32)

    # Compiles every function that the timed fit uses: fewer rows, the same path (neighbour descent from 4096 rows on).
    started = time.perf_counter()
    umap.UMAP(**options, n_epochs=20).fit(points[:4500])
    warm_up = time.perf_counter() - started

    started = time.perf_counter()
    embedding = umap.UMAP(**options).fit_transform(points)
    seconds = time.perf_counter() - started
    np.save(args.out, embedding)
    print(json.dumps({
        "seconds": seconds,
        "warm_up_seconds": warm_up,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "versions": f"umap-learn {umap.__version__}, pynndescent {pynndescent.__version__}, numpy {np.__version__}",
    }))


if __name__ == "__main__":
    main()
