/** Pixels that a finger or a mouse may move in a tap. */
const STILL = 6;

/**
 * One finger (or a mouse) moves the view, two zoom it, a wheel too. Calls `onTap(pixel, isTouch)` where a finger or a mouse
 * came and went without moving. Shift and drag is left to the plot, which selects by it.
 */
export function listenToPointers(canvas, view, onTap) {
  const down = new Map();
  let moved = 0;

  const pixelOf = ({ clientX, clientY }) => {
    const { left, top } = canvas.getBoundingClientRect();
    return [clientX - left, clientY - top];
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || event.shiftKey) return;
    if (down.size === 0) moved = 0;
    down.set(event.pointerId, pixelOf(event));
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!down.has(event.pointerId)) return;
    const before = grip([...down.values()]);
    const from = down.get(event.pointerId);
    const to = pixelOf(event);
    moved += Math.hypot(to[0] - from[0], to[1] - from[1]);
    down.set(event.pointerId, to);
    const after = grip([...down.values()]);
    view.moveBy(after.x - before.x, after.y - before.y);
    if (before.spread > 0) view.zoom(after.spread / before.spread, [after.x, after.y]);
  });
  canvas.addEventListener("pointerup", (event) => {
    if (down.delete(event.pointerId) && down.size === 0 && moved < STILL)
      onTap(pixelOf(event), event.pointerType === "touch");
  });
  canvas.addEventListener("pointercancel", (event) => down.delete(event.pointerId));
  // A tap has been dealt with: no click of a mouse is to follow from it.
  canvas.addEventListener("touchend", (event) => event.preventDefault());
  canvas.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const pixels = event.deltaY * [1, 16, canvas.clientHeight][event.deltaMode];
      view.zoom(Math.exp(-pixels / 600), pixelOf(event));
    },
    { passive: false },
  );
}

/** The middle of one or several fingers, and how far apart they are. */
function grip(fingers) {
  const [x, y] = [0, 1].map((axis) => fingers.reduce((sum, finger) => sum + finger[axis], 0) / fingers.length);
  const [first, second] = fingers;
  return { x, y, spread: second ? Math.hypot(first[0] - second[0], first[1] - second[1]) : 0 };
}
