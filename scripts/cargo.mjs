/** How cargo is called: several at once share the processors, and warnings that say something are shown. */
import { execFileSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** @param {(line: string) => void} [options.onLine] sees every line */
export async function cargo(task, toolchain, args, { env, onLine } = {}) {
  const { take, give, variables } = processors();
  const warnings = warningFilter();
  await take();
  try {
    await task.run(toolchain.cargo, args, {
      env: { ...toolchain.env, ...env, ...variables },
      shown: /^\s+(Compiling|Checking|Updating|Downloaded|Downloading|Building|Finished)\b/,
      onLine: (line) => {
        onLine?.(line);
        return warnings.takes(line);
      },
    });
  } finally {
    give();
  }
  if (warnings.text().length > 0) task.warn(warnings.text());
}

let shared;

/**
 * GNU make's job server, whose protocol cargo and rustc speak: a pipe with a byte for each processor. Each process takes one
 * while it works, so there are never more of them than processors, and the last cargo that runs has all to itself.
 */
function processors() {
  shared ??= startJobServer();
  return shared;
}

function startJobServer() {
  const folder = mkdtempSync(join(tmpdir(), "umap-wasm-jobs-"));
  const path = join(folder, "jobs");
  execFileSync("mkfifo", [path]);
  const pipe = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  process.on("exit", () => {
    closeSync(pipe);
    rmSync(folder, { recursive: true, force: true });
  });
  const count = availableParallelism();
  writeSync(pipe, "+".repeat(count));
  const byte = Buffer.alloc(1);
  let [waiting, handed] = [0, 0];
  const isThere = () => {
    if (handed > 0) return handed--;
    try {
      return readSync(pipe, byte);
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
      return 0;
    }
  };
  const take = async () => {
    waiting++;
    while (!isThere()) await sleep(100);
    waiting--;
  };
  const give = () => {
    // Those who sleep would come late for what is in the pipe.
    if (handed < waiting) handed++;
    else writeSync(pipe, "+");
  };
  return {
    // cargo takes it for granted that it may run one process.
    take,
    give,
    variables: { CARGO_MAKEFLAGS: `-j${count} --jobserver-auth=fifo:${path}` },
  };
}

/**
 * Finds the warnings in what cargo prints. One of them cannot be avoided: rustc's, for every crate, that the target feature
 * `atomics` may change; it has no lint that could be allowed.
 */
function warningFilter() {
  const found = [];
  let current;
  return {
    /** False for what need not be shown if the step fails. */
    takes(line) {
      if (line.startsWith("warning: ")) {
        current = [];
        const isNoise = /^warning: (unstable feature specified for|.* generated \d+ warning)/.test(line);
        if (!isNoise) found.push(current);
      } else if (/^($|error|\s+(Compiling|Checking|Finished)\b)/.test(line)) {
        const wasNoise = current !== undefined && !found.includes(current);
        current = undefined;
        return !(wasNoise && line === "");
      }
      current?.push(line);
      return current === undefined || found.includes(current);
    },
    text: () => found.map((lines) => lines.join("\n")).join("\n\n"),
  };
}
