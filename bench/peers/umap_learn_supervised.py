"""umap-learn: a fit of the first --fitted rows with labels (--target: int32, -1 for none), then places of the others;
compilers have run before.

result.npy are the places of the new rows, result.fit.npy the embedding. Further arguments and output: task.py.
"""

import sys

from task import read_points, report, task, timed


def taken(name):
    at = sys.argv.index(name)
    value = sys.argv[at + 1]
    del sys.argv[at : at + 2]
    return value


def main():
    fitted_rows, target = int(taken("--fitted")), taken("--target")
    args = task()
    import numpy as np
    import pynndescent
    import umap

    options = {"metric": args.metric, "n_jobs": args.threads}
    points = read_points(args).astype(np.float32)
    new, labels = points[fitted_rows:], np.fromfile(target, dtype=np.int32)
    # Compiles every function that the timed calls use.
    umap.UMAP(**options, n_epochs=20).fit(points[:4500], labels[:4500]).transform(new[:500])

    model, fit_seconds = timed(lambda: umap.UMAP(**options).fit(points[:fitted_rows], labels))
    model.transform(new[:500])
    places, seconds = timed(lambda: model.transform(new))
    np.save(f"{args.out}.fit.npy", model.embedding_)
    report(
        args,
        seconds=seconds,
        fit_seconds=fit_seconds,
        versions=f"umap-learn {umap.__version__}, pynndescent {pynndescent.__version__}, numpy {np.__version__}",
        embedding=places,
    )


if __name__ == "__main__":
    main()
