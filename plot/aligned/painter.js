import { WebGLRenderer } from "three";

/** Calls `paint(view, renderer)` for each view, on its part of the canvas, when asked to: at most once per frame. */
export function createPainter({ area, canvas, views }, paint) {
  const renderer = new WebGLRenderer({ canvas });
  renderer.setScissorTest(true);
  let asked = false;

  const paintAll = () => {
    asked = false;
    for (const view of views) {
      const { offsetLeft: left, offsetTop: top, offsetWidth: width, offsetHeight: height } = view.element;
      const part = [left, area.clientHeight - top - height, width, height];
      renderer.setViewport(...part);
      renderer.setScissor(...part);
      // What is laid over the canvas is placed before the renderer would do this.
      view.camera.updateMatrixWorld();
      paint(view, renderer);
    }
  };
  new ResizeObserver(() => {
    // Lines are one pixel wide: a thousand of them need fine ones. Four pixels for one smooth as antialiasing does, and
    // without a graphics card 1,797 curves play at 8 frames a second so, at 3 with both.
    renderer.setPixelRatio(Math.max(2, devicePixelRatio));
    renderer.setSize(area.clientWidth, area.clientHeight, false);
    for (const view of views) view.resize();
    paintAll();
  }).observe(area);

  return () => {
    if (!asked) requestAnimationFrame(paintAll);
    asked = true;
  };
}
