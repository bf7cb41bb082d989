// Progress on the terminal: one bar for each stage as it comes, drawn by clack (MIT, small, well kept); where there is no
// terminal, one line when a stage is done.
import { progress } from "@clack/prompts";

const STEPS = 100;

/**
 * @param {Record<string, string>} names what to call each stage
 * @returns `report`, an onProgress listener; `during(work)`, which ends the last stage when the work does; and `times`,
 *   the milliseconds of each stage seen so far
 */
export function showProgress(names, output = process.stdout) {
  const times = [];
  let current;

  const end = () => {
    if (current === undefined) return;
    const time = performance.now() - current.started;
    times.push([current.stage, time]);
    current.bar.stop(`${names[current.stage] ?? current.stage}: ${(time / 1000).toFixed(2)} s`);
    current = undefined;
  };

  const report = ({ stage, fraction, epoch }) => {
    if (current?.stage !== stage) {
      end();
      current = { stage, started: performance.now(), done: 0, bar: output.isTTY ? terminalBar() : plainLines(output) };
      current.bar.start(names[stage] ?? stage);
    }
    const done = Math.floor(fraction * STEPS);
    const label = epoch === undefined ? undefined : `${names[stage] ?? stage}, epoch ${epoch}`;
    if (done > current.done) current.bar.advance(done - current.done, label);
    current.done = done;
  };

  const during = async (work) => {
    try {
      const value = await work;
      end();
      return value;
    } catch (error) {
      current?.bar.error(names[current.stage] ?? current.stage);
      throw error;
    }
  };

  return { report, during, times };
}

const terminalBar = () => progress({ max: STEPS, size: 32, style: "heavy", withGuide: false });

function plainLines(output) {
  const line = (text) => output.write(`${text}\n`);
  return { start() {}, advance() {}, stop: line, error: (text) => line(`${text}: failed`) };
}
