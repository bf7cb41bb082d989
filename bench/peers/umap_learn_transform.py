"""umap-learn: new rows into a fitted model. Fits the first --fitted rows, then places the others; compilers have run before.

result.npy are the places of the new rows, result.fit.npy the embedding. Arguments and output: task.py.
"""

from task import read_points, report, task, timed


def main():
    args = task(fitted=int)
    import numpy as np
    import pynndescent
    import umap

    options = {"metric": args.metric, "n_jobs": args.threads}
    points = read_points(args).astype(np.float32)
    new = points[args.fitted :]
    # Compiles every function that the timed calls use.
    umap.UMAP(**options, n_epochs=20).fit(points[:4500]).transform(new[:500])

    model, fit_seconds = timed(lambda: umap.UMAP(**options).fit(points[: args.fitted]))
    model.transform(new[:500])
    seconds = []
    for _ in range(3):
        places, took = timed(lambda: model.transform(new))
        seconds.append(took)
    _, one = timed(lambda: [model.transform(new[i : i + 1]) for i in range(10)])
    np.save(f"{args.out}.fit.npy", model.embedding_)
    report(
        args,
        seconds=seconds,
        fit_seconds=fit_seconds,
        one_row_ms=one * 100,
        versions=f"umap-learn {umap.__version__}, pynndescent {pynndescent.__version__}, numpy {np.__version__}",
        embedding=places,
    )


if __name__ == "__main__":
    main()
