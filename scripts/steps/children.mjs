/** Child processes of the scripts: their output, and their end when the script ends. */
import { spawn } from "node:child_process";
import { root } from "../env.mjs";

const running = new Set();

/** Runs a program in the repository and passes on each line that it prints; rejects if it fails. */
export function capture(command, args, { env = process.env, onLine }) {
  // A process group of its own, so that what the program started ends with it.
  const child = spawn(command, args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  for (const stream of [child.stdout, child.stderr]) splitLines(stream, onLine);
  return ended(child, command, args, (signal) => process.kill(-child.pid, signal));
}

/** Runs a program that writes to the terminal itself. */
export function inherit(command, args, { env = process.env } = {}) {
  const child = spawn(command, args, { cwd: root, env, stdio: "inherit" });
  return ended(child, command, args, (signal) => child.kill(signal));
}

/** Ends all programs that still run. */
export function stopChildren(signal = "SIGTERM") {
  for (const stop of running) {
    try {
      stop(signal);
    } catch {
      // It has ended in the meantime.
    }
  }
}

const SIGNALS = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 };
for (const [signal, number] of Object.entries(SIGNALS)) {
  process.once(signal, () => {
    stopChildren(signal);
    process.exit(128 + number);
  });
}

function ended(child, command, args, stop) {
  running.add(stop);
  return new Promise((resolve, reject) => {
    child.on("error", ({ message }) => reject(new Error(message)));
    child.on("close", (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${[command, ...args].join(" ")}\nended with ${signal ?? `code ${code}`}.`));
    });
  }).finally(() => running.delete(stop));
}

function splitLines(stream, onLine) {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (text) => {
    // Programs that count up end their lines with a carriage return.
    const lines = (rest + text).split(/[\r\n]/);
    rest = lines.pop();
    for (const line of lines) onLine(line);
  });
  stream.on("end", () => {
    if (rest !== "") onLine(rest);
  });
}
