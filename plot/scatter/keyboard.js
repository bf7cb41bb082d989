const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** Keys of the picture: arrows call `go([right, up])`, the others what they are named for. */
export function listenToKeys(canvas, { go, choose, clear, zoom, reset }) {
  const actions = {
    Enter: choose,
    " ": choose,
    Escape: clear,
    "+": () => zoom(1.5),
    "=": () => zoom(1.5),
    "-": () => zoom(1 / 1.5),
    0: reset,
  };
  canvas.addEventListener("keydown", (event) => {
    // Those of the browser, such as its own zoom, stay what they are.
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const direction = ARROWS[event.key];
    const action = direction ? () => go(direction) : actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}
