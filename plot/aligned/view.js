import { Matrix4, MOUSE, OrthographicCamera, PerspectiveCamera, TOUCH, Vector3 } from "three";
import { OrbitControls } from "three/addons/controls/OrbitControls.js";
import { SIDE_ONLY } from "./space.js";

/** Half the height of what is seen, over its distance. */
const SLOPE = 0.225;
/** Pixels that the names of the slices take beside the space. */
const LABELS = 70;
/** What is seen from above, over what is needed. */
const MARGIN = 1.05;

/** From the side: turns. */
export function createSideView(element, onChange) {
  const camera = new PerspectiveCamera(35, 1, 0.1, 100);
  camera.layers.enable(SIDE_ONLY);
  camera.position.set(3.8, 2.6, 6.2);
  const adapt = (width, height) => {
    // The space is about as wide as high: a narrow view needs a wider angle.
    const angle = Math.atan(SLOPE * Math.max(1, height / (width - LABELS / 2)));
    camera.fov = (360 / Math.PI) * angle;
    camera.setViewOffset(width, height, -LABELS / 2, 0, width, height);
  };
  return createView({ element, camera, adapt, dotSize: () => 3 }, onChange);
}

/** From above: moves and zooms. */
export function createTopView(element, onChange) {
  const camera = new OrthographicCamera(-1, 1, 1, -1, 0.1, 100);
  camera.position.set(0, 10, 0);
  const adapt = (width, height) => {
    const [x, y] = [width, height].map((side) => (MARGIN * side) / Math.min(width, height));
    Object.assign(camera, { left: -x, right: x, top: y, bottom: -y });
  };
  const dotSize = () => Math.min(Math.max(Math.min(element.clientWidth, element.clientHeight) / 100, 4), 7);
  const view = createView({ element, camera, adapt, dotSize }, onChange);
  Object.assign(view.controls, { enableRotate: false, zoomToCursor: true });
  Object.assign(view.controls.mouseButtons, { LEFT: MOUSE.PAN });
  Object.assign(view.controls.touches, { ONE: TOUCH.PAN, TWO: TOUCH.DOLLY_PAN });
  return view;
}

function createView({ element, camera, adapt, dotSize }, onChange) {
  const controls = new OrbitControls(camera, element);
  controls.addEventListener("change", onChange);
  const place = new Vector3();
  return {
    element,
    camera,
    controls,
    /** Pixels across a dot. */
    dotSize,
    /** Takes the size that the element has now. */
    resize() {
      adapt(element.clientWidth, element.clientHeight);
      camera.updateProjectionMatrix();
    },
    /** A place of the space in pixels of the element. */
    toScreen(x, y, z) {
      place.set(x, y, z).project(camera);
      return [((place.x + 1) / 2) * element.clientWidth, ((1 - place.y) / 2) * element.clientHeight];
    },
  };
}

/** Which of the places `among` is nearest to a pixel of the view, and at most `reach` pixels from it; undefined if none is. */
export function nearest({ camera, element }, coordinates, among, [left, top], reach) {
  const m = new Matrix4().multiplyMatrices(camera.projectionMatrix, camera.matrixWorldInverse).elements;
  const [halfWidth, halfHeight] = [element.clientWidth / 2, element.clientHeight / 2];
  let found;
  let best = reach ** 2;
  for (const at of among) {
    const [x, y, z] = [coordinates[3 * at], coordinates[3 * at + 1], coordinates[3 * at + 2]];
    const w = m[3] * x + m[7] * y + m[11] * z + m[15];
    const right = (1 + (m[0] * x + m[4] * y + m[8] * z + m[12]) / w) * halfWidth;
    const down = (1 - (m[1] * x + m[5] * y + m[9] * z + m[13]) / w) * halfHeight;
    const squared = (right - left) ** 2 + (down - top) ** 2;
    if (squared < best) [best, found] = [squared, at];
  }
  return found;
}
