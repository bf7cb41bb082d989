"""umap-learn: densMAP of all rows, --seeds times; compilers have run before. result-N.npy is the embedding. Further arguments
and output: task.py.
"""

from task import read_points, report, task, timed


def main():
    args = task(seeds=int)
    import numpy as np
    import pynndescent
    import umap

    options = {"metric": args.metric, "n_jobs": args.threads, "densmap": True}
    points = read_points(args).astype(np.float32)
    # Compiles every function that the timed calls use.
    umap.UMAP(**options, n_epochs=20).fit(points[:4500])

    runs = []
    for run in range(1, args.seeds + 1):
        embedding, seconds = timed(lambda: umap.UMAP(**options).fit_transform(points))
        out = f"{args.out}-{run}"
        np.save(f"{out}.npy", embedding)
        runs.append({"out": out, "seconds": seconds})
    versions = f"umap-learn {umap.__version__}, pynndescent {pynndescent.__version__}, numpy {np.__version__}"
    report(args, runs=runs, versions=versions)


if __name__ == "__main__":
    main()
