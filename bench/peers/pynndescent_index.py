"""pynndescent's index; the effort is epsilon. Building includes what it prepares for queries."""

from index_task import index_task, measure


def main():
    args = index_task()
    import pynndescent

    def build(points):
        index = pynndescent.NNDescent(
            points,
            n_neighbors=args.neighbors,
            metric=args.metric,
            n_jobs=args.threads,
            parallel_batch_queries=args.threads > 1,
        )
        index.prepare()
        return index

    def query(index, asked, effort):
        return index.query(asked, k=args.k, epsilon=effort)[0]

    measure(args, build, query, f"pynndescent {pynndescent.__version__}")


if __name__ == "__main__":
    main()
