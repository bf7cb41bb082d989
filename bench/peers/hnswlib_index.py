"""hnswlib's index with M = 16; the effort is ef. Built with ef 200, as its documentation suggests."""

from index_task import index_task, measure


def main():
    args = index_task()
    import importlib.metadata

    import hnswlib

    def build(points):
        index = hnswlib.Index({"cosine": "cosine", "euclidean": "l2"}[args.metric], points.shape[1])
        index.init_index(len(points), M=16, ef_construction=200)
        index.set_num_threads(args.threads)
        index.add_items(points)
        return index

    def query(index, asked, effort):
        index.set_ef(int(effort))
        return index.knn_query(asked, args.k)[0]

    found = importlib.metadata.distributions(path=[args.packages])
    version = next(d.version for d in found if d.name == "hnswlib")
    measure(args, build, query, f"hnswlib {version}")


if __name__ == "__main__":
    main()
