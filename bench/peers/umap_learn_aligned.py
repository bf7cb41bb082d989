"""umap-learn: AlignedUMAP of --slices slices of --length rows, each --step further, --runs times: all at once, and two with the
others as updates; compilers have run before. OUT-fit-N-I.npy and OUT-updates-N-I.npy are the embeddings. Further arguments and
output: task.py.
"""

from statistics import median

from task import read_points, report, task, timed


def main():
    args = task(runs=int, slices=int, length=int, step=int)
    import numpy as np
    import umap

    points = read_points(args).astype(np.float32)
    slices = [points[args.step * i : args.step * i + args.length] for i in range(args.slices)]
    # From the earlier slice to the later one, for updates too: so its code reads them.
    relations = [{row + args.step: row for row in range(min(args.length - args.step, len(later)))} for later in slices[1:]]

    def fit(count):
        return umap.AlignedUMAP().fit(slices[:count], relations=relations[: count - 1])

    # Compiles every function that the timed calls use.
    fit(2).update(slices[2], relations=relations[1])
    runs = []
    for run in range(1, args.runs + 1):
        whole, seconds = timed(lambda: fit(args.slices))
        runs.append(written(args, whole, f"fit-{run}", how="fit", seconds=seconds))
        grown = fit(2)
        updates = [timed(lambda: grown.update(slices[i], relations=relations[i - 1]))[1] for i in range(2, args.slices)]
        runs.append(written(args, grown, f"updates-{run}", how="updates", seconds=median(updates)))
    report(args, runs=runs, versions=f"umap-learn {umap.__version__}, numpy {np.__version__}")


def written(args, aligned, name, **facts):
    import numpy as np

    out = f"{args.out}-{name}"
    for i, embedding in enumerate(aligned.embeddings_):
        np.save(f"{out}-{i}.npy", embedding)
    return {"out": out, **facts}


if __name__ == "__main__":
    main()
