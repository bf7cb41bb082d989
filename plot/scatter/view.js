/** How much more than the points is in view. */
const MARGIN = 2 / 1.9;
/** A single point fills no view. */
const LEAST = 0.05;
const MILLISECONDS = 400;

/**
 * What part of the plane the canvas shows: a centre, and half of the height. Only this moves the plot's camera.
 * @param {HTMLCanvasElement} canvas
 * @param {(centre: [number, number], halfHeight: number) => void} look
 */
export function createView(canvas, look) {
  const state = { x: 0, y: 0, half: 1 };
  /** The box that is to be in view whatever the size of the canvas; none once somebody has moved or zoomed. */
  let framed;
  let frame;

  const set = (wanted) => {
    Object.assign(state, wanted);
    look([state.x, state.y], state.half);
  };
  const stop = () => cancelAnimationFrame(frame);
  /** The sides of a pixel in the plane. */
  const pixel = () => (2 * state.half) / canvas.clientHeight;

  /** Where the whole box is in view, in both directions. */
  function fitting([left, right, bottom, top]) {
    const aspect = canvas.clientWidth / canvas.clientHeight;
    const half = (MARGIN / 2) * Math.max(top - bottom, (right - left) / aspect, LEAST);
    return { x: (left + right) / 2, y: (bottom + top) / 2, half };
  }

  function glide(to) {
    const from = { ...state };
    let started;
    const step = (now) => {
      started ??= now;
      const part = Math.min((now - started) / MILLISECONDS, 1);
      const eased = (1 - Math.cos(Math.PI * part)) / 2;
      const between = (name) => from[name] + (to[name] - from[name]) * eased;
      set({ x: between("x"), y: between("y"), half: between("half") });
      if (part < 1) frame = requestAnimationFrame(step);
    };
    frame = requestAnimationFrame(step);
  }

  new ResizeObserver(() => {
    if (!framed || canvas.clientHeight === 0) return;
    stop();
    set(fitting(framed));
  }).observe(canvas);

  /** For moves by hand, which end that a box is kept in view. */
  const byHand = (move) => {
    stop();
    framed = undefined;
    set(move());
  };

  return {
    /** Brings a box of the plane into view, and keeps it there when the canvas gets another size. */
    frame(box, { glides = !matchMedia("(prefers-reduced-motion: reduce)").matches } = {}) {
      stop();
      framed = box;
      if (glides) glide(fitting(box));
      else set(fitting(box));
    },
    /** Moves what is seen, as if one had it in one's hand. */
    moveBy: (right, down) => byHand(() => ({ x: state.x - right * pixel(), y: state.y + down * pixel() })),
    moveTo: (x, y) => byHand(() => ({ x, y })),
    /** Zooms by a factor around a pixel, by default the middle. */
    zoom(factor, [left, top] = [canvas.clientWidth / 2, canvas.clientHeight / 2]) {
      byHand(() => {
        const [right, up] = [left - canvas.clientWidth / 2, canvas.clientHeight / 2 - top];
        const moved = pixel() * (1 - 1 / factor);
        return { x: state.x + right * moved, y: state.y + up * moved, half: state.half / factor };
      });
    },
    /** The place in the plane of a pixel of the canvas, and the sides of a pixel there. */
    placeOf: ([left, top]) => ({
      x: state.x + (left - canvas.clientWidth / 2) * pixel(),
      y: state.y - (top - canvas.clientHeight / 2) * pixel(),
      pixel: pixel(),
    }),
  };
}
