import {
  BufferGeometry,
  DoubleSide,
  Group,
  LineBasicMaterial,
  LineSegments,
  Mesh,
  MeshBasicMaterial,
  Vector3,
} from "three";
import { heightAt, SIDE_ONLY } from "./space.js";
import { thinned } from "./thinned.js";

const CORNERS = [
  [-1, -1],
  [1, -1],
  [1, 1],
  [-1, 1],
];
/** Pixels from one name to the next. */
const ROOM = 13;
const around = CORNERS.map((corner, at) => [corner, CORNERS[(at + 1) % 4]]);

/** The edges of the space, and the sheet where the time is. */
export function createFrame(slices, { line, sheet }) {
  const [bottom, top] = [heightAt(0, slices), heightAt(slices - 1, slices)];
  const at = ([x, z], height) => new Vector3(x, height, z);
  const edges = [
    ...[bottom, top].flatMap((height) => around.flatMap(([from, to]) => [at(from, height), at(to, height)])),
    ...CORNERS.flatMap((corner) => [at(corner, bottom), at(corner, top)]),
  ];
  const lines = (places, color) =>
    new LineSegments(new BufferGeometry().setFromPoints(places), new LineBasicMaterial({ color }));
  const border = lines(
    around.flatMap(([from, to]) => [at(from, 0), at(to, 0)]),
    sheet,
  );
  const filling = new Mesh(
    new BufferGeometry().setFromPoints([0, 1, 2, 0, 2, 3].map((corner) => at(CORNERS[corner], 0))),
    new MeshBasicMaterial({ color: sheet, transparent: true, opacity: 0.07, side: DoubleSide, depthWrite: false }),
  );
  const moving = new Group().add(border, filling);
  const object = new Group().add(lines(edges, line), moving);
  object.traverse((part) => part.layers.set(SIDE_ONLY));
  return {
    object,
    moveTo: (time) => {
      moving.position.y = heightAt(time, slices);
    },
  };
}

/** Names of the slices along whichever upright edge is leftmost in the view. */
export function createLabels(element, names) {
  const labels = names.map((name) => {
    const label = document.createElement("span");
    label.textContent = name;
    return label;
  });
  element.replaceChildren(...labels);

  return (view, time) => {
    const place = (corner, slice) => view.toScreen(corner[0], heightAt(slice, names.length), corner[1]);
    const [leftmost] = [...CORNERS].sort((a, b) => place(a, 0)[0] - place(b, 0)[0]);
    const [first, last] = [place(leftmost, 0), place(leftmost, names.length - 1)];
    // Seen from above there is no room for all of them.
    const every = Math.ceil((ROOM * (names.length - 1)) / Math.max(Math.abs(first[1] - last[1]), 1));
    const shown = thinned(names.length, every);
    const now = Math.round(time);
    for (const [slice, label] of labels.entries()) {
      const [x, y] = place(leftmost, slice);
      label.style.transform = `translate(${x - 8}px, ${y}px) translate(-100%, -50%)`;
      label.hidden = slice !== now && !(shown[slice] && Math.abs(slice - now) >= every);
      label.ariaCurrent = String(slice === now);
    }
  };
}
