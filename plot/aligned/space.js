// The space that both views look at: x and y of the embeddings lie in the ground plane, the slices are stacked upwards.

const HEIGHT = 2.1;

/** What only the view from the side shows. */
export const SIDE_ONLY = 1;

/** `time` is 0 at the first slice, 1 at the second. */
export const heightAt = (time, slices) => HEIGHT * (time / (slices - 1) - 0.5);

/** Writes a place into an array of coordinates. */
export function put(coordinates, index, x, y, height) {
  coordinates[3 * index] = x;
  coordinates[3 * index + 1] = height;
  coordinates[3 * index + 2] = -y;
}
