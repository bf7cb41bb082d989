"""umap-learn: fits of the first --fitted rows with labels (--target: a file of int32, -1 for none; or empty), then places of
the others, --seeds times; compilers have run before.

result-N.npy are the places of the new rows, result-N.fit.npy the embedding. Further arguments and output: task.py.
"""

from task import read_points, report, task, timed


def main():
    args = task(fitted=int, target=str, seeds=int)
    import numpy as np
    import pynndescent
    import umap

    options = {"metric": args.metric, "n_jobs": args.threads}
    points = read_points(args).astype(np.float32)
    known, new = points[: args.fitted], points[args.fitted :]
    labels = np.fromfile(args.target, dtype=np.int32) if args.target else None
    # Compiles every function that the timed calls use.
    few = None if labels is None else labels[:4500]
    umap.UMAP(**options, n_epochs=20).fit(known[:4500], few).transform(new[:500])

    runs = []
    for run in range(1, args.seeds + 1):
        model, fit_seconds = timed(lambda: umap.UMAP(**options).fit(known, labels))
        model.transform(new[:500])
        places, seconds = timed(lambda: model.transform(new))
        out = f"{args.out}-{run}"
        np.save(f"{out}.fit.npy", model.embedding_)
        np.save(f"{out}.npy", places)
        runs.append({"out": out, "fit_seconds": fit_seconds, "seconds": seconds})
    versions = f"umap-learn {umap.__version__}, pynndescent {pynndescent.__version__}, numpy {np.__version__}"
    report(args, runs=runs, versions=versions)


if __name__ == "__main__":
    main()
