/**
 * Handwritten digits to try things with, as scikit-learn's `load_digits` has them: the test set of "Optical Recognition of
 * Handwritten Digits" (E. Alpaydin and C. Kaynak, UCI Machine Learning Repository, https://doi.org/10.24432/C50P49, CC BY 4.0).
 */
import { labels as packedLabels, pixels as packedPixels } from "umap-wasm/digits-data";

const SIDE = 8;
const pixels = unpacked(packedPixels);

/** What is to be read in each image, 0 to 9. */
export const labels: Uint8Array = unpacked(packedLabels);

/** 1,797 images of 8 x 8 pixels, row by row, from 0 (paper) to 16 (ink). */
export const images: Uint8Array[] = Array.from(labels, (_, i) => pixels.subarray(i * SIDE ** 2, (i + 1) * SIDE ** 2));

function unpacked(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
