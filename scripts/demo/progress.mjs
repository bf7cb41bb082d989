// Progress on the terminal: one bar for each stage as it comes, drawn by clack (MIT, small, well kept); where there is no
// terminal, one line when a stage is done.
import { progress } from "@clack/prompts";

const STEPS = 100;

/**
 * @param {Record<string, string>} names what to call each stage
 * @returns `report`, an onProgress listener, and `during(work)`, which ends the last stage when the work does
 */
export function showProgress(names, output = process.stdout) {
  let current;

  const end = () => {
    if (current === undefined) return;
    current.bar.stop(names[current.stage]);
    current = undefined;
  };

  const report = ({ stage, fraction, epoch }) => {
    if (current?.stage !== stage) {
      end();
      current = { stage, done: 0, bar: output.isTTY ? terminalBar() : plainLines(output) };
      current.bar.start(names[stage]);
    }
    const done = Math.floor(fraction * STEPS);
    const label = epoch === undefined ? undefined : `${names[stage]}, epoch ${epoch}`;
    if (done > current.done) current.bar.advance(done - current.done, label);
    current.done = done;
  };

  const during = async (work) => {
    try {
      const value = await work;
      end();
      return value;
    } catch (error) {
      current?.bar.error(names[current.stage]);
      throw error;
    }
  };

  return { report, during };
}

const terminalBar = () => progress({ max: STEPS, size: 32, style: "heavy", withGuide: false });

function plainLines(output) {
  const line = (text) => output.write(`${text}\n`);
  return { start() {}, advance() {}, stop: line, error: (text) => line(`${text}: failed`) };
}
