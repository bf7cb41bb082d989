// What was measured, where and how: results/<name>.json has it all, results/<name>.md is for reading.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, platform, release, totalmem } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const RESULTS = join(dirname(fileURLToPath(import.meta.url)), "results");

/** Date, machine and command of this process. */
export function circumstances() {
  const [{ model }] = cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} x ${model}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${platform()} ${release()}`,
    command: ["node", `bench/${basename(process.argv[1])}`, ...process.argv.slice(2)].join(" "),
  };
}

export const header = ({ date, machine, command }) => [`- ${date}, ${machine}`, `- \`${command}\``];

export function save(name, record, markdown) {
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(recordOf(name), `${JSON.stringify(record, undefined, 1)}\n`);
  writeFileSync(join(RESULTS, `${name}.md`), `${markdown}\n`);
}

const recordOf = (name) => join(RESULTS, `${name}.json`);

/** What earlier calls saved. */
export function saved(name) {
  const path = recordOf(name);
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new Error(`expected the runs of an earlier call in ${path}: ${error.message}`);
  }
}

/** The same, or `none` where there were no earlier calls. */
export const savedOr = (name, none) => (existsSync(recordOf(name)) ? saved(name) : none);
