import { Color, Fog, Scene } from "three";
import { createCurves } from "./curves.js";
import { createDots } from "./dots.js";
import { createFrame, createLabels } from "./frame.js";
import { createHighlight } from "./highlight.js";
import { createPainter } from "./painter.js";
import { createSideView, createTopView, nearest } from "./view.js";
import { createWays } from "./ways.js";

/** What the two views show. It is drawn anew after each change. */
export function createStage(plot, colours, { area, canvas, side, top, labels }) {
  const names = plot.slices.map(({ name }) => name);
  const ways = createWays({ ...plot, points: plot.labels.length, slices: names.length });
  const ofPoints = Array.from(plot.labels, (label) => new Color(colours[label]));
  const curves = createCurves(ways, ofPoints);
  const dots = createDots(ways, ofPoints);
  const frame = createFrame(names.length, { line: cssColour("--line"), sheet: cssColour("--quiet") });
  const highlight = createHighlight(curves, ofPoints);
  const scene = new Scene().add(frame.object, curves.object, dots.object, highlight.object);
  scene.background = cssColour("--background");
  scene.fog = new Fog(scene.background, 6, 13);

  const state = { time: 0, shown: [], point: undefined };
  const sideView = createSideView(side, () => repaint());
  const views = [sideView, createTopView(top, () => repaint())];
  const placeLabels = createLabels(labels, names);
  const repaint = createPainter({ area, canvas, views }, (view, renderer) => {
    if (view === sideView) placeLabels(view, state.time);
    highlight.ring(view, dots.placeOf(state.point));
    dots.resize(view.dotSize());
    renderer.render(scene, view.camera);
  });

  const onDot = (view, pixel, reach) => nearest(view, dots.coordinates, dots.drawn(), pixel, reach);
  const onCurve = (pixel, reach) => curves.pointAt(nearest(sideView, curves.coordinates, curves.drawn(), pixel, reach));

  return {
    views,
    /** Shows points, in this order. */
    show(shown) {
      state.shown = shown;
      curves.show(shown);
      dots.show(shown, state.time);
      repaint();
    },
    seek(time) {
      state.time = time;
      dots.show(state.shown, time);
      frame.moveTo(time);
      repaint();
    },
    /** The point at most `reach` pixels from a pixel of a view, if there is one. */
    find: (view, pixel, reach) => onDot(view, pixel, reach) ?? (view === sideView ? onCurve(pixel, reach) : undefined),
    /** Makes the way of one point stand out, or of none. */
    highlight(point) {
      state.point = point;
      highlight.show(point);
      curves.fade(point !== undefined);
      repaint();
    },
  };
}

function cssColour(name) {
  return new Color(getComputedStyle(document.documentElement).getPropertyValue(name).trim());
}
