import { BufferAttribute, BufferGeometry, LineBasicMaterial, LineSegments } from "three";
import { heightAt, put, SIDE_ONLY } from "./space.js";

/** Straight pieces between two slices; more cannot be told apart. */
const PIECES = 8;
const [OPACITY, FADED] = [0.9, 0.12];

/** The curves of all points; `colours` has one of three's colours for each point. */
export function createCurves(ways, colours) {
  const { points, slices } = ways;
  const perPoint = (slices - 1) * PIECES + 1;
  const coordinates = new Float32Array(points * perPoint * 3);
  const shades = new Float32Array(points * perPoint * 3);
  for (let at = 0; at < points * perPoint; at++) {
    const [point, time] = [Math.floor(at / perPoint), (at % perPoint) / PIECES];
    const place = ways.at(point, time);
    if (place) put(coordinates, at, place[0], place[1], heightAt(time, slices));
    colours[point].toArray(shades, 3 * at);
  }

  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new BufferAttribute(coordinates, 3));
  geometry.setAttribute("color", new BufferAttribute(shades, 3));
  const material = new LineBasicMaterial({ vertexColors: true, transparent: true, opacity: OPACITY });
  const object = new LineSegments(geometry, material);
  object.frustumCulled = false;
  object.layers.set(SIDE_ONLY);

  /** Ends of the pieces of a point's curve. */
  function pieces(point) {
    const ends = [];
    for (let piece = 0; piece < perPoint - 1; piece++) {
      if (!ways.joins(point, Math.floor(piece / PIECES))) continue;
      ends.push(point * perPoint + piece, point * perPoint + piece + 1);
    }
    return ends;
  }

  return {
    object,
    coordinates,
    /** Of which point the curve is that a place belongs to. */
    pointAt: (at) => (at === undefined ? undefined : Math.floor(at / perPoint)),
    placeOf: (at) => [...coordinates.subarray(3 * at, 3 * at + 3)],
    pieces,
    show: (shown) => geometry.setIndex(shown.flatMap(pieces)),
    drawn: () => geometry.index.array,
    fade: (faded) => {
      material.opacity = faded ? FADED : OPACITY;
    },
  };
}
