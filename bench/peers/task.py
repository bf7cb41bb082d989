"""What every program in Python here shares; task.mjs is the same in JavaScript and says what the arguments are."""

import argparse
import json
import os
import re
import resource
import sys
import time
from pathlib import Path

# Neighbours per point, the point itself counted: umap-learn's default.
K = 15


def points_arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--points", required=True)
    parser.add_argument("--dtype", default="float32")
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--cols", type=int, required=True)
    parser.add_argument("--metric", default="euclidean")
    return parser


def task(**more):
    """The arguments; `more` has the types of further ones by their names."""
    parser = points_arguments()
    for name, kind in more.items():
        parser.add_argument(f"--{name}", type=kind, required=True)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, help="accepted and not used: a seed would end umap-learn's parallelism")
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    # Read by numba and the linear algebra when they are first imported.
    for name in ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = str(args.threads)
    return args


def read_points(args):
    import numpy as np

    return np.fromfile(args.points, dtype=args.dtype, count=args.rows * args.cols).reshape(args.rows, args.cols)


def timed(work):
    """Result and seconds of some work."""
    started = time.perf_counter()
    result = work()
    return result, time.perf_counter() - started


def peak_mib():
    """Most memory that the process has had. Linux's maxrss is no less than what the process that started this one had."""
    if sys.platform == "linux":
        return int(re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text())[1]) / 1024
    maxrss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return maxrss / (2**20 if sys.platform == "darwin" else 1024)


def report(args, embedding=None, knn=None, **facts):
    import numpy as np

    # Before the results are written: copies of them are not the program's memory.
    peak = peak_mib()
    if embedding is not None:
        np.save(f"{args.out}.npy", embedding)
    if knn is not None:
        np.save(f"{args.out}.knn.npy", knn.astype(np.int32))
    print(json.dumps({"peak_mib": peak, **facts}))
