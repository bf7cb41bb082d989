/** What a job gets before it runs, on its way to the host: points, a file, further arrays, piece by piece. */
import { UmapError } from "../errors.js";
import type { ErrorCode, Stage } from "../generated/index.js";
import { type Points, type PointsSource, pointsSource, sourceLike } from "../points.js";
import type { Piece, ProgressMessage } from "../protocol.js";
import type { Source } from "../sources.js";
import { takenPointsSource } from "../taken.js";
import { untilAborted } from "./abort.js";
import type { Engine } from "./engine.js";
import type { Job } from "./job.js";

/** The points of a job by the names that Rust knows them by, as they are now. */
export type Input = Record<string, InputPoints>;

type InputPoints = PointsSource & { slice?: number };

export function inputOf({ datasets = [], ...job }: Job): Input {
  // Also of points that are undefined.
  const input: Input = "points" in job ? { points: takenPoints("points", job.points as Points) } : {};
  for (const [slice, dataset] of datasets.entries()) {
    try {
      input[`points.${slice}`] = { slice, ...takenPoints("points", dataset) };
    } catch (error) {
      throw ofDataset(slice, error);
    }
  }
  return input;
}

function takenPoints(name: string, points: Points): PointsSource {
  return takenPointsSource(name, pointsSource(points));
}

interface Uploading {
  signal: AbortSignal | undefined;
  listener: (progress: ProgressMessage) => void;
}

export async function upload(
  engine: Engine,
  id: number,
  { input, morePoints, file, arrays = {} }: Job & { input: Input },
  uploading: Uploading,
): Promise<void> {
  const { signal } = uploading;
  const reporting = (stage: Stage, slice?: number) => (fraction: number) =>
    uploading.listener({ type: "progress", job: id, stage, fraction, epoch: undefined, loss: undefined, slice });
  const uploadPoints = async (name: string, { rows, cols, source, parts, slice }: InputPoints) => {
    if (parts) {
      await engine.call("openPoints", [id, name, rows, cols, parts.form]);
      for (const [part, array] of Object.entries(parts.arrays)) {
        const report = array.count > 1 ? reporting("points", slice) : undefined;
        await uploadArray(engine, id, { name: `${name}.${part}`, source: array, signal, ...(report && { report }) });
      }
      return;
    }
    await engine.call("openPoints", [id, name, rows + (morePoints?.rows ?? 0), cols, source.dtype]);
    await uploadArray(engine, id, { name, source, signal, report: reporting("points", slice) });
    if (morePoints === undefined) return;
    await uploadArray(engine, id, { name, source: sourceLike(source.dtype, morePoints), signal });
  };
  for (const [name, points] of Object.entries(input)) {
    await uploadPoints(name, points).catch((error) => {
      throw ofDataset(points.slice, error);
    });
  }
  if (file !== undefined) {
    await uploadArray(engine, id, { name: "file", source: file, signal, report: reporting("load") });
  }
  for (const [name, source] of Object.entries(arrays)) {
    if (source) await uploadArray(engine, id, { name, source, signal });
  }
}

/** Adds to an error which dataset it is about. */
export function ofDataset(slice: number | undefined, error: unknown): unknown {
  if (slice === undefined || !(error instanceof UmapError) || !ABOUT_POINTS.includes(error.code)) return error;
  return new UmapError(error.code, `datasets[${slice}]: ${error.message}`, { cause: error });
}

const ABOUT_POINTS: ErrorCode[] = ["shape-mismatch", "not-finite", "empty-input", "invalid-parameter"];

interface Upload {
  name: string;
  source: Source;
  signal: AbortSignal | undefined;
  report?: (fraction: number) => void;
}

/**
 * Copies an array to the host piece by piece; while one is read the next is copied. What is read may be silent for ever: an
 * abort, or a piece that the host refuses, ends it.
 */
async function uploadArray(engine: Engine, id: number, { name, source, signal, report }: Upload): Promise<void> {
  const { dtype, count } = source;
  const pieces = source.pieces();
  const send = (piece: Piece) => engine.call("push", [id, name, dtype, piece], [piece.buffer]);
  let sent: Promise<Piece | undefined> = Promise.resolve(undefined);
  const next = async (spare?: Piece) => {
    const refused = sent.then(() => new Promise<never>(() => {}));
    return (await untilAborted(Promise.race([pieces.next(spare), refused]), signal)).value;
  };
  try {
    let done = -1;
    for (let piece = await next(); piece; ) {
      const spare = await sent;
      done += 1;
      if (done > 0) report?.(done / count);
      sent = send(piece);
      piece = await next(spare);
    }
    await sent;
  } catch (error) {
    void pieces.return?.();
    throw error;
  }
  report?.(1);
}
