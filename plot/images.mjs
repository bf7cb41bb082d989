/** A small grey image (0..255) of every row, for the page to show on hover; undefined where rows are not images. */
export function thumbnails({ name, data, rows }) {
  if (name === "digits") return { data: data.map((value) => Math.min(255, value * 16)), width: 8, height: 8 };
  if (name === "mnist" || name === "fashion-mnist") return { data: halved(data, rows, 28), width: 14, height: 14 };
  return undefined;
}

/** Square images at half their size, each pixel the mean of four, in 16 greys: 70,000 of 28 x 28 would make a page of 20 MB. */
function halved(data, rows, side) {
  const half = side / 2;
  const small = new Uint8Array(rows * half * half);
  for (let i = 0; i < small.length; i++) {
    const image = Math.floor(i / (half * half));
    const x = i % half;
    const y = Math.floor(i / half) % half;
    const at = image * side * side + 2 * y * side + 2 * x;
    const mean = (data[at] + data[at + 1] + data[at + side] + data[at + side + 1]) / 4;
    small[i] = Math.round(mean / 17) * 17;
  }
  return small;
}
