/**
 * Steps that a person can follow. A command lists its steps, then runs them: each begins when those that it needs are done,
 * so that independent ones run side by side. Nothing here needs a package: it runs before `npm ci`.
 */
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "./env.mjs";
import { capture, inherit, stopChildren } from "./steps/children.mjs";
import { createDisplay, duration } from "./steps/display.mjs";

/** Lines of output that are shown of a step that failed. */
const TAIL = 30;

/**
 * @param {string} title
 * @param {object} options
 * @param {Step[]} [options.needs] steps that must be done before; `work` gets their results
 * @param {string} [options.advice] what to do when it fails
 * @param {(task: Task, ...results: any[]) => Promise<any>} options.work what it does; if it begins nothing, the step was up
 * to date
 */
export function step(title, { needs = [], advice = "", work }) {
  const made = { title, needs, advice, work };
  made.result = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  // A failure is reported once, by `runSteps`.
  made.result.catch(() => {});
  return made;
}

/** Makes steps wait for each other, and the first of them for `before`. */
export function inOrder(steps, before = []) {
  for (const [i, { needs }] of steps.entries()) needs.push(...(i === 0 ? before : [steps[i - 1]]));
  return steps;
}

/** Runs the steps of a command; their output goes to its log. Rejects with what the first one that failed has to say. */
export async function runSteps(command, steps) {
  const log = `.cache/logs/${command}.log`;
  mkdirSync(dirname(join(root, log)), { recursive: true });
  writeFileSync(join(root, log), "");
  const titles = steps.map(({ title }) => title);
  const display = createDisplay(titles);
  let failure;
  const run = async (step, i) => {
    const task = new Task(i, display, join(root, log));
    try {
      const results = await Promise.all(step.needs.map(({ result }) => result));
      const result = await step.work(task, ...results);
      task.end();
      step.resolve(result);
    } catch (error) {
      // Those that need it fail with it, and those beside it because they are stopped.
      if (failure === undefined) {
        failure = new Error(report(error, task, log, step.advice));
        task.fail();
        stopChildren();
      } else {
        task.stop();
      }
      step.reject(error);
    }
  };
  await Promise.all(steps.map(run));
  if (failure !== undefined) throw failure;
}

function report({ message }, { tail, ran }, log, advice) {
  const output = tail.length > 0 ? [...tail, ""] : [];
  const where = ran ? [`Everything that was printed is in ${log}.`] : [];
  return [...output, message, ...where, ...(advice ? [advice] : [])].join("\n");
}

/** What a step works with. */
class Task {
  tail = [];
  ran = false;
  #i;
  #display;
  #log;
  #started;
  #notes = [];
  #warnings = [];

  constructor(i, display, log) {
    this.#i = i;
    this.#display = display;
    this.#log = log;
  }

  /** Says that there is something to do. */
  begin() {
    if (this.#started !== undefined) return;
    this.#started = performance.now();
    this.#display.begin(this.#i);
  }

  /**
   * Runs a program whose output goes to the log.
   * @param {(line: string) => boolean | undefined} [options.onLine] sees every line; false keeps it from what is shown
   * @param {RegExp} [options.shown] the lines that say what is going on
   */
  run(command, args, { env, onLine, shown = /\S/ } = {}) {
    this.begin();
    this.ran = true;
    this.#write(`$ ${[command, ...args].join(" ")}`);
    return capture(command, args, {
      env,
      onLine: (line) => {
        this.#write(line);
        if (onLine?.(line) === false) return;
        this.tail.push(line);
        if (this.tail.length > TAIL) this.tail.shift();
        if (shown.test(line)) this.#display.detail(this.#i, line.trim());
      },
    });
  }

  /** Runs a program whose output is what the user wants to see. Nothing else may run beside. */
  show(command, args, env) {
    this.begin();
    this.#display.handOver(this.#i);
    return inherit(command, args, { env });
  }

  /** Adds to the line of the step. */
  note(text) {
    this.#notes.push(text);
  }

  /** Is printed below the line of the step. */
  warn(text) {
    this.#warnings.push(text);
  }

  end() {
    const time = this.#started === undefined ? "up to date" : this.#time();
    this.#display.end(this.#i, [time, ...this.#notes].join(", "));
    for (const text of this.#warnings) console.log(text);
  }

  fail() {
    this.#display.end(this.#i, this.#started === undefined ? "failed" : `failed after ${this.#time()}`);
  }

  stop() {
    if (this.#started !== undefined) this.#display.end(this.#i, `stopped after ${this.#time()}`);
  }

  #time() {
    return duration(performance.now() - this.#started);
  }

  /** The number of the step tells lines of steps apart that run side by side. */
  #write(line) {
    appendFileSync(this.#log, `${this.#i + 1}  ${line}\n`);
  }
}
