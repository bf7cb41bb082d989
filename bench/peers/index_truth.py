"""The nearest rows of each row asked for, by comparing all in 64 bits: writes k indices for each (int32) to --out."""

from task import points_arguments, read_points

BLOCK = 200


def main():
    import numpy as np

    parser = points_arguments()
    parser.add_argument("--queries", required=True)
    parser.add_argument("--query-rows", type=int, required=True)
    parser.add_argument("--k", type=int, required=True)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    points = read_points(args).astype(np.float64)
    asked = np.fromfile(args.queries, dtype=args.dtype).reshape(args.query_rows, args.cols).astype(np.float64)
    if args.metric == "cosine":
        points /= np.linalg.norm(points, axis=1, keepdims=True)
        asked /= np.linalg.norm(asked, axis=1, keepdims=True)
    squares = (points**2).sum(axis=1)
    found = []
    for first in range(0, len(asked), BLOCK):
        distances = squares - 2 * asked[first : first + BLOCK] @ points.T
        found.append(np.argpartition(distances, args.k, axis=1)[:, : args.k])
    np.concatenate(found).astype(np.int32).tofile(args.out)


if __name__ == "__main__":
    main()
