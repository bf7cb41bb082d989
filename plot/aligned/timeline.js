import { thinned } from "./thinned.js";

/** Milliseconds from one slice to the next. */
const PACE = 1400;
/** Pixels between two names, and how far one may stick out at the ends. */
const [GAP, OVERHANG] = [10, 24];

/**
 * Play, pause and scrub. Calls `onChange(time)`: 0 at the first slice, 1 at the second. Playing slows down at each slice,
 * where the picture is the embedding itself and not a mixture.
 */
export function createTimeline({ slider, play: button, ticks }, names, onChange) {
  const last = names.length - 1;
  let time = 0;
  let frame;

  const set = (wanted) => {
    time = Math.min(Math.max(wanted, 0), last);
    slider.value = time;
    slider.ariaValueText = names[Math.round(time)];
    for (const [slice, tick] of [...ticks.children].entries()) tick.ariaCurrent = String(slice === Math.round(time));
    onChange(time);
  };

  const pause = () => {
    cancelAnimationFrame(frame);
    frame = undefined;
    button.textContent = "Play";
  };

  const play = () => {
    button.textContent = "Pause";
    const from = unslowed(time === last ? 0 : time);
    let started;
    const step = (now) => {
      started ??= now;
      set(slowed(from + (now - started) / PACE));
      frame = requestAnimationFrame(step);
      if (time === last) pause();
    };
    frame = requestAnimationFrame(step);
  };

  const toggle = () => (frame === undefined ? play() : pause());
  const jump = (slice) => {
    pause();
    set(slice);
  };

  Object.assign(slider, { min: 0, max: last, step: "any" });
  slider.addEventListener("input", () => jump(slider.valueAsNumber));
  slider.addEventListener("keydown", (event) => {
    const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
    if (steps === undefined) return;
    event.preventDefault();
    jump(steps > 0 ? Math.floor(time) + 1 : Math.ceil(time) - 1);
  });
  button.addEventListener("click", toggle);
  ticks.replaceChildren(...names.map((name, slice) => tick(name, () => jump(slice))));
  new ResizeObserver(() => placeTicks(ticks)).observe(ticks);
  pause();
  set(0);
}

/** Half a cosine from each slice to the next. */
const slowed = (time) => Math.floor(time) + (1 - Math.cos(Math.PI * (time % 1))) / 2;
const unslowed = (time) => Math.floor(time) + Math.acos(1 - 2 * (time % 1)) / Math.PI;

/** Puts ticks where their slices are; those whose names have no room become marks. */
function placeTicks({ children, clientWidth: width }) {
  const ticks = [...children];
  for (const each of ticks) each.classList.remove("mark");
  const widths = ticks.map((each) => each.offsetWidth);
  const step = width / (ticks.length - 1);
  const every = Math.max(1, Math.ceil((Math.max(...widths) + GAP) / step));
  const shown = thinned(ticks.length, every);
  for (const [slice, each] of ticks.entries()) {
    const half = widths[slice] / 2 - OVERHANG;
    const place = shown[slice] ? Math.min(Math.max(slice * step, half), width - half) : slice * step;
    each.classList.toggle("mark", !shown[slice]);
    each.style.setProperty("--place", `${place}px`);
  }
}

function tick(name, onClick) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = name;
  button.addEventListener("click", onClick);
  return button;
}
