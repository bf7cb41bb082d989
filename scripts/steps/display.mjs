/**
 * The numbered lines of steps: `2/5  Rust toolchain ... 41 s`. On a terminal each step that runs has a live line below
 * those that are done; elsewhere it is one line when it starts and one when it is done.
 */
const INTERVAL = 100;

export function createDisplay(titles, output = process.stdout) {
  const line = (text) => output.write(`${text}\n`);
  const name = (i) => `${`${i + 1}/${titles.length}`.padStart(2 * `${titles.length}`.length + 1)}  ${titles[i]}`;
  const live = output.isTTY
    ? liveLines(output, name)
    : { add: (i) => line(name(i)), detail() {}, remove() {}, draw() {} };
  return {
    begin: (i) => live.add(i),
    detail: (i, text) => live.detail(i, text),
    end(i, text) {
      live.remove(i);
      line(`${name(i)} ... ${text}`);
      live.draw();
    },
    /** For a program that writes to the terminal itself. */
    handOver(i) {
      live.remove(i);
      if (output.isTTY) line(name(i));
    },
  };
}

function liveLines(output, name) {
  const steps = new Map();
  let drawn = 0;
  let timer;

  const clear = () => {
    if (drawn > 0) output.write(`\x1b[${drawn}A\x1b[J`);
    drawn = 0;
  };
  const draw = () => {
    const now = performance.now();
    const lines = [...steps].map(([i, { started, detail }]) => {
      const known = `${name(i)} ... ${duration(now - started)}`;
      const rest = shortened(detail, (output.columns || 80) - known.length - 3);
      return `${known}  \x1b[2m${rest}\x1b[0m\n`;
    });
    clear();
    output.write(lines.join(""));
    drawn = lines.length;
  };

  return {
    draw,
    add(i) {
      steps.set(i, { started: performance.now(), detail: "" });
      timer ??= setInterval(draw, INTERVAL);
      draw();
    },
    detail(i, text) {
      const step = steps.get(i);
      if (step) step.detail = text;
    },
    remove(i) {
      clear();
      steps.delete(i);
      if (steps.size > 0) return;
      clearInterval(timer);
      timer = undefined;
    },
  };
}

function shortened(text, width) {
  if (text.length <= width) return text;
  return width < 8 ? "" : `${text.slice(0, width - 1)}…`;
}

export function duration(milliseconds) {
  const seconds = milliseconds / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 100) return `${Math.round(seconds)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
