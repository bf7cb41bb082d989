import {
  AlignedUMAP,
  configure,
  DensMAP,
  type Embedding,
  evaluate,
  NeighborIndex,
  nearestNeighbors,
  type Points,
  register,
  UMAP,
  UmapError,
} from "umap-wasm";
import { UMAP as Inline } from "umap-wasm/inline";
import { ParametricUMAP } from "umap-wasm/parametric";
import { UMAP as DropIn } from "umap-wasm/umap-js";

const rows: number[][] = [
  [1, 2],
  [3, 4],
];
export async function main(): Promise<void> {
  const umap = new UMAP({ nNeighbors: 2, metric: "cosine" });
  const embedding: Embedding = await umap.fitTransform(rows, { onProgress: ({ stage }) => stage });
  new Blob([embedding.data]);
  new Blob([await umap.save()]);
  const floats: Float32Array = embedding.data;
  const knn = await nearestNeighbors(rows, { k: 2 });
  new UMAP({ precomputedKnn: knn });
  await new DensMAP({ densLambda: 1 }).fit(rows);
  const index = await NeighborIndex.build({ data: floats, rows: 2, cols: 2 });
  await index.query(rows, { k: 1 });
  await new AlignedUMAP().fit([rows, rows], {
    ids: [
      [1, 2],
      [1, 2],
    ],
  });
  const network = await new ParametricUMAP({ encoder: { layers: [{ type: "dense", units: 8 }] } }).fit(rows);
  await network.transform(rows);
  const inline: UMAP = new Inline();
  await inline.dispose();
  new DropIn({ nNeighbors: 2 }).fit(rows);
  await evaluate(rows, embedding, { k: 1 }).catch((error: unknown) => error instanceof UmapError && error.code);
  for await (const { data } of umap.frames(rows)) new Blob([data]);
  configure({ baseUrl: "/umap/" });
  void register;
}
export type Mine = Points;
