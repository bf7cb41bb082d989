"""umap-learn: a fit without a seed, so in parallel, after its compiler has run. Arguments and output: task.py."""

import functools
import importlib

from task import read_points, report, task, timed

# Our names for the functions in which umap-learn spends its time.
STAGES = {
    # Below 4096 rows; nearest_neighbors then reads its result.
    "pairwise_distances": "knn",
    "nearest_neighbors": "knn",
    "fuzzy_simplicial_set": "fuzzy",
    "spectral_layout": "init",
    "optimize_layout_euclidean": "optimize",
}


def measured(module, stages):
    """Makes the stages' functions add the seconds they take to `stages`, without those of stages that they call."""
    inner = []

    def wrap(function, stage):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            inner.append(0.0)
            result, seconds = timed(lambda: function(*args, **kwargs))
            stages[stage] = stages.get(stage, 0) + seconds - inner.pop()
            if inner:
                inner[-1] += seconds
            return result

        return wrapper

    for name, stage in STAGES.items():
        setattr(module, name, wrap(getattr(module, name), stage))


def main():
    args = task()
    import numpy as np
    import pynndescent
    import umap

    options = {"metric": args.metric, "n_jobs": args.threads}
    points = read_points(args).astype(np.float32)
    # Compiles every function that the timed fit uses: fewer rows, the same path (neighbour descent from 4096 rows on).
    _, warm_up = timed(lambda: umap.UMAP(**options, n_epochs=20).fit(points[:4500]))

    stages = {}
    measured(importlib.import_module("umap.umap_"), stages)
    fitted, seconds = timed(lambda: umap.UMAP(**options).fit(points))
    report(
        args,
        seconds=seconds,
        warm_up_seconds=warm_up,
        stages=stages,
        versions=f"umap-learn {umap.__version__}, pynndescent {pynndescent.__version__}, numpy {np.__version__}",
        embedding=fitted.embedding_,
        # Below 4096 rows umap-learn keeps no list of neighbours.
        knn=getattr(fitted, "_knn_indices", None),
    )


if __name__ == "__main__":
    main()
