"""JAX on the CPU: steps of training as ParametricUMAP's default network makes them, on rows of the points and edges of their
graph (--edges: a file of int32, row and column of each). In the end the rate of f32 matrix products by numpy, which is what the
machine can do. Arguments and output: task.py.
"""

import os
import sys

from task import read_points, report, task, timed

UNITS = (100, 100, 100, 2)
# Edges of a step, and random pairs for each.
BATCH, NEGATIVES = 1000, 5
# umap-learn's: Keras' Adam, the curve for a min_dist of 0.1.
RATE, BETA1, BETA2, EPSILON = 0.001, 0.9, 0.999, 1e-7
A, B = 1.577, 0.8951

WINDOWS, STEPS = 6, 40
PRODUCTS = {"2000 x 784 x 100": (2000, 784, 100, 60), "1024 x 1024 x 1024": (1024, 1024, 1024, 15)}


def first_state(columns):
    """Weights (Glorot's), Adam's two means of each, steps done."""
    import jax.numpy as jnp
    import numpy as np

    random = np.random.default_rng(1)
    sides = list(zip((columns, *UNITS), UNITS))
    limits = [np.sqrt(6 / (inputs + units)) for inputs, units in sides]
    kernels = [random.uniform(-limit, limit, side) for limit, side in zip(limits, sides)]
    params = [(jnp.float32(kernel), jnp.zeros(kernel.shape[1], jnp.float32)) for kernel in kernels]
    # No array twice: a step takes over the memory of each.
    means, squares = ([tuple(jnp.zeros_like(part) for part in layer) for layer in params] for _ in range(2))
    return params, means, squares, jnp.float32(0)


def loss_of(params, x, negatives):
    """umap-learn's cross-entropy, whose memberships go through a sigmoid once more. `x`: heads of the edges, then tails."""
    import jax
    import jax.numpy as jnp

    *hidden, (kernel, bias) = params
    for weights, offsets in hidden:
        x = jax.nn.relu(x @ weights + offsets)
    places = x @ kernel + bias
    heads, tails = places[:BATCH], places[BATCH:]
    near = jnp.sum((heads - tails) ** 2, axis=1)
    far = jnp.sum((jnp.repeat(heads, NEGATIVES, axis=0) - places[negatives]) ** 2, axis=1)
    # Not 0, where the power has no derivative.
    logits = -jnp.log1p(A * (jnp.concatenate([near, far]) + 1e-12) ** B)
    logs = jax.nn.log_sigmoid(logits)
    return -(logs[:BATCH].sum() + (logs[BATCH:] - logits[BATCH:]).sum()) / len(logits)


def make_step(points):
    import jax
    import jax.numpy as jnp

    def step(state, rows, negatives):
        params, means, squares, done = state
        loss, slopes = jax.value_and_grad(loss_of)(params, points[rows], negatives)
        done += 1
        means = jax.tree.map(lambda mean, slope: BETA1 * mean + (1 - BETA1) * slope, means, slopes)
        squares = jax.tree.map(lambda mean, slope: BETA2 * mean + (1 - BETA2) * slope**2, squares, slopes)
        rate = RATE * jnp.sqrt(1 - BETA2**done) / (1 - BETA1**done)
        move = lambda value, mean, square: value - rate * mean / (jnp.sqrt(square) + EPSILON)
        return (jax.tree.map(move, params, means, squares), means, squares, done), loss

    return jax.jit(step, donate_argnums=0)


def windows_of_steps(points, edges):
    """Steps per second, and mean losses, of each window; what is drawn lies ready. The first window is a warm-up."""
    import jax.numpy as jnp
    import numpy as np

    random = np.random.default_rng(2)
    step, state = make_step(jnp.asarray(points)), first_state(points.shape[1])
    speeds, losses = [], []
    for _ in range(WINDOWS + 1):
        drawn = [edges[random.integers(len(edges), size=BATCH)].T.ravel() for _ in range(STEPS)]
        batches = [(jnp.asarray(r), jnp.asarray(random.integers(2 * BATCH, size=BATCH * NEGATIVES))) for r in drawn]

        def window():
            nonlocal state
            found = []
            for rows, negatives in batches:
                state, loss = step(state, rows, negatives)
                found.append(loss)
            return [float(loss) for loss in found]

        found, seconds = timed(window)
        speeds.append(STEPS / seconds)
        losses.append(float(np.mean(found)))
    return speeds[1:], losses


def rate_of_products(rows, inner, columns, repeats):
    """GFLOP/s of numpy, the median of products."""
    import numpy as np

    random = np.random.default_rng(3)
    left, right = random.random((rows, inner), np.float32), random.random((inner, columns), np.float32)
    into = np.empty((rows, columns), np.float32)
    seconds = [timed(lambda: np.matmul(left, right, out=into))[1] for _ in range(repeats)]
    return 2e-9 * rows * inner * columns / np.median(seconds)


def main():
    args = task(edges=str, packages=str)
    sys.path.insert(0, args.packages)
    # JAX has a thread for each processor that it may use, and no option for it. macOS has no such call: all of them there.
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: args.threads])
    import jax
    import numpy as np

    points = read_points(args).astype(np.float32) / 255
    speeds, losses = windows_of_steps(points, np.fromfile(args.edges, dtype=np.int32).reshape(-1, 2))
    report(
        args,
        steps_per_second=speeds,
        losses=losses,
        products={name: float(rate_of_products(*sides)) for name, sides in PRODUCTS.items()},
        versions=f"JAX {jax.__version__}, numpy {np.__version__}",
    )


if __name__ == "__main__":
    main()
