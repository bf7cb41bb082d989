"""pynndescent's neighbours as umap-learn asks for them, after its compiler has run. Arguments and output: task.py."""

from task import K, read_points, report, task, timed


def main():
    args = task()
    import numpy as np
    import pynndescent

    def search(points):
        rows = len(points)
        # umap.umap_.nearest_neighbors.
        index = pynndescent.NNDescent(
            points,
            n_neighbors=K,
            metric=args.metric,
            n_trees=min(64, 5 + int(round(rows**0.5 / 20.0))),
            n_iters=max(5, int(round(np.log2(rows)))),
            max_candidates=60,
            n_jobs=args.threads,
            compressed=False,
        )
        return index.neighbor_graph[0]

    points = read_points(args).astype(np.float32)
    _, warm_up = timed(lambda: search(points[:4500]))
    knn, seconds = timed(lambda: search(points))
    report(
        args,
        seconds=seconds,
        warm_up_seconds=warm_up,
        versions=f"pynndescent {pynndescent.__version__}, numpy {np.__version__}",
        knn=knn,
    )


if __name__ == "__main__":
    main()
