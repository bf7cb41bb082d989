"""What the search indexes in Python share; umap_wasm_index.mjs is the same in JavaScript and says what the arguments are."""

import os
import sys

from task import points_arguments, read_points, report, timed

# Rows of the warm-up: compilers run for these.
FEW = 5000


def index_task():
    parser = points_arguments()
    parser.add_argument("--queries", required=True)
    parser.add_argument("--query-rows", type=int, required=True)
    parser.add_argument("--k", type=int, required=True)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, help="accepted and not used")
    parser.add_argument("--neighbors", type=int, help="pynndescent: its n_neighbors")
    parser.add_argument("--packages", help="a folder of packages that come before the installed ones")
    parser.add_argument("--efforts", required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    args.efforts = [float(effort) for effort in args.efforts.split(",")]
    # Read by numba and the linear algebra when they are first imported.
    for name in ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = str(args.threads)
    if args.packages:
        sys.path.insert(0, args.packages)
    return args


def measure(args, build, query, versions):
    """`build(points)` gives an index, `query(index, points, effort)` the indices of the nearest rows."""
    import numpy as np

    points = read_points(args).astype(np.float32)
    asked = np.fromfile(args.queries, dtype=args.dtype).reshape(args.query_rows, args.cols).astype(np.float32)
    few = build(points[:FEW])
    _, warm_up = timed(lambda: [query(few, asked, effort) for effort in args.efforts[:2]])
    index, seconds = timed(lambda: build(points))
    query(index, asked, args.efforts[0])
    curve = []
    for effort in args.efforts:
        rounds = [timed(lambda: query(index, asked, effort)) for _ in range(args.rounds)]
        rounds[0][0].astype(np.int32).tofile(f"{args.out}.{effort:g}.i32")
        curve.append({"effort": effort, "qps": [len(asked) / took for _, took in rounds]})
    report(args, seconds=seconds, warm_up_seconds=warm_up, curve=curve, versions=versions)
