"""umap-learn's ParametricUMAP, on TensorFlow: a fit of the first --fitted rows, then places of the others. The compiler of its
neighbours and graph has run before; TensorFlow's runs in the timed fit.

result.npy are the places of the new rows, result.fit.npy the embedding. Arguments and output: task.py.
"""

import sys

from task import read_points, report, task, timed


def main():
    args = task(fitted=int, packages=str)
    sys.path.insert(0, args.packages)
    import keras
    import numpy as np
    import tensorflow as tf
    import umap
    from umap.parametric_umap import ParametricUMAP

    tf.config.threading.set_intra_op_parallelism_threads(args.threads)
    options = {"metric": args.metric, "n_jobs": args.threads}
    # It takes rows as they are, and its documentation gives it images between 0 and 1.
    points = read_points(args).astype(np.float32) / 255
    known, new = points[: args.fitted], points[args.fitted :]
    umap.UMAP(**options, n_epochs=20).fit(known[:4500])

    # Without Keras' lines of progress.
    model = ParametricUMAP(**options, keras_fit_kwargs={"verbose": 0})
    embedding, seconds = timed(lambda: model.fit_transform(known))
    np.save(f"{args.out}.fit.npy", embedding)
    report(
        args,
        seconds=seconds,
        steps=int(model.parametric_model.optimizer.iterations.numpy()),
        embedding=model.transform(new),
        versions=f"umap-learn {umap.__version__}, TensorFlow {tf.__version__}, Keras {keras.__version__}",
    )


if __name__ == "__main__":
    main()
