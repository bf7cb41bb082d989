/** Code of the user's in a training: a model in the place of the encoder, a loss of landmarks. It runs where the call was made. */
import type { OwnFloat32Array } from "../arrays.js";
import { described } from "../describe.js";
import { UmapError } from "../errors.js";
import type { Question } from "../protocol.js";
import type { ParametricOptions } from "./options.js";

/** Rows of numbers, row-major. */
export interface Batch {
  data: OwnFloat32Array;
  rows: number;
  cols: number;
}

/** A model of your own in the place of the encoder. */
export interface OwnEncoder {
  /**
   * Gives the positions of rows: rows x `nComponents` numbers, row-major. With `training` the batch is that of a step, and
   * `backward` follows; else the rows are to be embedded.
   */
  forward(batch: Batch & { training: boolean }): ArrayLike<number> | Promise<ArrayLike<number>>;
  /** Makes the model's step, from the derivatives of the loss with respect to the positions that `forward` gave last. */
  backward(gradient: Batch): void | Promise<void>;
}

/** What landmarks cost: a loss, and its derivatives with respect to the positions (rows x `nComponents`). */
export interface LandmarkCost {
  loss: number;
  gradient: ArrayLike<number>;
}

/** A loss of your own: of the landmarks in a batch, from where they are and where they should be. */
export type LandmarkLossFunction = (positions: Batch, targets: Batch) => LandmarkCost | Promise<LandmarkCost>;

/** Whether it is a model, not a description of layers. */
export function isOwnEncoder(encoder: ParametricOptions["encoder"]): encoder is OwnEncoder {
  if (typeof encoder !== "object" || encoder === null || !("forward" in encoder || "backward" in encoder)) return false;
  for (const name of ["forward", "backward"] as const) {
    const found = (encoder as Partial<OwnEncoder>)[name];
    if (typeof found === "function") continue;
    throw new UmapError("invalid-parameter", `encoder.${name}: expected a function, got ${described(found)}`);
  }
  return true;
}

/** Code of the user's, and whether it is at work. */
export class OwnCode {
  /** How often it is at work; a training waits for it. */
  private atWork = 0;

  /** Answers the questions of a job by the code in these options. */
  answering(options: ParametricOptions): (question: Question) => Promise<Float32Array> {
    const answer = answering(options);
    return async (question) => {
      this.atWork += 1;
      try {
        return await answer(question);
      } finally {
        this.atWork -= 1;
      }
    };
  }

  /** Refuses a call that would wait for a training that waits for the code which makes the call. */
  checkIdle(): void {
    if (this.atWork === 0) return;
    const message =
      "a training waits for `forward`, `backward` or `landmarkLoss`, and this call would wait for that training: make it when the training has ended";
    throw new UmapError("invalid-parameter", message);
  }
}

/** Answers what Rust asks of the code in the options; Rust checks how many numbers there are, and that they are finite. */
function answering({ encoder, landmarkLoss }: ParametricOptions) {
  return async ({ kind, matrices }: Question): Promise<Float32Array> => {
    const { rows, gradient, positions, targets } = matrices as Record<string, Batch>;
    if (rows && isOwnEncoder(encoder)) {
      return numbers("encoder.forward", await encoder.forward({ ...rows, training: kind === "forward" }));
    }
    if (gradient && isOwnEncoder(encoder)) {
      await encoder.backward(gradient);
      return new Float32Array();
    }
    if (positions && targets && typeof landmarkLoss === "function") {
      const cost = await landmarkLoss(positions, targets);
      const gradient = numbers("landmarkLoss: gradient", cost?.gradient);
      const answer = new Float32Array(1 + gradient.length);
      answer[0] = Number(cost?.loss);
      answer.set(gradient, 1);
      return answer;
    }
    const missing = `${kind === "landmarkLoss" ? kind : "encoder"}: expected the code that the model was trained with`;
    throw new UmapError("invalid-parameter", missing);
  };
}

/** 2 GiB: no batch has more. */
const MOST_NUMBERS = 2 ** 29;

/** A copy, whose memory may be moved. */
function numbers(name: string, values: ArrayLike<number> | undefined): Float32Array {
  const length = typeof values === "object" ? values?.length : undefined;
  if (values !== undefined && Number.isInteger(length) && Number(length) >= 0 && Number(length) <= MOST_NUMBERS) {
    return Float32Array.from(values);
  }
  const got = length === undefined ? described(values) : `one of the length ${String(length)}`;
  throw new UmapError("shape-mismatch", `${name}: expected an array of numbers, got ${got}`);
}
