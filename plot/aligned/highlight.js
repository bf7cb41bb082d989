import { LineMaterial } from "three/addons/lines/LineMaterial.js";
import { LineSegments2 } from "three/addons/lines/LineSegments2.js";
import { LineSegmentsGeometry } from "three/addons/lines/LineSegmentsGeometry.js";

/** What makes one point stand out: its way, in both views (seen from above, its way across the embedding), and a ring. */
export function createHighlight(curves, colours) {
  const material = new LineMaterial({ linewidth: 3, depthTest: false });
  const object = new LineSegments2(new LineSegmentsGeometry(), material);
  object.frustumCulled = false;
  object.renderOrder = 2;
  object.visible = false;

  return {
    object,
    show(point) {
      const ends = point === undefined ? [] : curves.pieces(point);
      object.visible = ends.length > 0;
      if (!object.visible) return;
      // A new one each time: three's cannot become longer.
      object.geometry.dispose();
      object.geometry = new LineSegmentsGeometry().setPositions(ends.flatMap(curves.placeOf));
      material.color = colours[point];
    },
    /** Puts a view's ring around a place, or hides it. */
    ring(view, place) {
      const ring = view.element.querySelector(".ring");
      ring.hidden = place === undefined;
      if (!place) return;
      const [x, y] = view.toScreen(...place);
      ring.style.transform = `translate(${x}px, ${y}px) translate(-50%, -50%)`;
    },
  };
}
