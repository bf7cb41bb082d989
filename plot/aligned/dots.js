import { BufferAttribute, BufferGeometry, CanvasTexture, DynamicDrawUsage, Points, PointsMaterial } from "three";
import { heightAt, put } from "./space.js";

/** The points where they are at one time. */
export function createDots(ways, colours) {
  const { points, slices } = ways;
  const coordinates = new Float32Array(points * 3);
  const shades = new Float32Array(points * 4);
  for (const [point, colour] of colours.entries()) colour.toArray(shades, 4 * point);
  const drawn = new Uint32Array(points);
  const geometry = new BufferGeometry();
  const attribute = (array, size) => new BufferAttribute(array, size).setUsage(DynamicDrawUsage);
  geometry.setAttribute("position", attribute(coordinates, 3));
  geometry.setAttribute("color", attribute(shades, 4));
  geometry.setIndex(attribute(drawn, 1));

  const material = new PointsMaterial({ alphaMap: disc(), sizeAttenuation: false, vertexColors: true });
  Object.assign(material, { transparent: true, opacity: 0.85, depthTest: false, fog: false });
  const object = new Points(geometry, material);
  object.frustumCulled = false;
  object.renderOrder = 1;

  let count = 0;
  return {
    object,
    coordinates,
    /** Puts the points that are to be seen where they are at a time; in this order they are drawn. */
    show(shown, time) {
      count = 0;
      for (const point of shown) {
        const place = ways.at(point, time);
        if (!place) continue;
        put(coordinates, point, place[0], place[1], heightAt(time, slices));
        shades[4 * point + 3] = place[2];
        drawn[count++] = point;
      }
      geometry.setDrawRange(0, count);
      for (const changed of [...Object.values(geometry.attributes), geometry.index]) changed.needsUpdate = true;
    },
    drawn: () => drawn.subarray(0, count),
    /** Where a point is now, if it is to be seen. */
    placeOf: (point) =>
      drawn.subarray(0, count).includes(point) ? coordinates.subarray(3 * point, 3 * point + 3) : undefined,
    resize(pixels) {
      material.size = pixels;
    },
  };
}

/** White on black. */
function disc() {
  const side = 64;
  const canvas = Object.assign(document.createElement("canvas"), { width: side, height: side });
  const context = canvas.getContext("2d");
  context.fillRect(0, 0, side, side);
  context.fillStyle = "#fff";
  context.arc(side / 2, side / 2, side / 2 - 2, 0, 2 * Math.PI);
  context.fill();
  return new CanvasTexture(canvas);
}
