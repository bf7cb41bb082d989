import { Resident } from "../engine/resident.js";
import { type CallOptions, checkedCall, type Job, type Ran, runWhere } from "../engine/run.js";
import { fileSource, type ModelFile } from "../file.js";
import type { OperationName } from "../generated/operations.js";

/** What belongs to one call of `load`. */
export interface LoadOptions extends CallOptions {
  /** Threads that the model will work with, as in the options of a fit. */
  nThreads?: number;
}

/** Runs a job whose result stays in the module, and gives its owner; of a job that fails nothing stays. */
export function made<Name extends OperationName, Owner extends object>(
  job: Job<Name>,
  call: CallOptions,
  owner: (ran: Ran<Name>, resident: Resident) => Owner,
): Promise<Owner> {
  const makes = new Resident();
  const making = async () => {
    const own = owner(await runWhere<Name>({ ...job, makes }, call), makes);
    makes.belongTo(own);
    return own;
  };
  return makes.unlessFailed(making());
}

/** The same of a job that reads a file. */
export async function loaded<Name extends OperationName, Owner extends object>(
  job: Pick<Job<Name>, "kind" | "capability">,
  file: ModelFile,
  options: LoadOptions,
  owner: (ran: Ran<Name>, resident: Resident) => Owner,
): Promise<Owner> {
  const { nThreads, ...call } = checkedCall(options, ["nThreads"]);
  return made<Name, Owner>({ ...job, file: fileSource(file), options: { nThreads } }, call, owner);
}

/** Options that were saved: Rust writes those that were not given as null. */
export function given<Options extends object>(options: Options): Options {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== null)) as Options;
}
