// Reads what page.mjs wrote into the page.

async function unpacked(base64, Type) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Type(await new Response(stream).arrayBuffer());
}

/**
 * The plot with typed arrays; x and y keep the picture's shape and fill [-1, 1] in the longer direction, and are NaN where a
 * point is not finite. `box` is what is to be in view of them: left, right, bottom, top.
 */
export async function readPlot(json) {
  const plot = JSON.parse(json);
  const positions = await unpacked(plot.positions, Float32Array);
  const count = positions.length / 2;
  const labels = plot.labels ? await unpacked(plot.labels, Uint16Array) : new Uint16Array(count);
  const images = plot.images && { ...plot.images, data: await unpacked(plot.images.data, Uint8Array) };
  return { ...plot, count, labels, images, ...normalised(positions, count, plot.bounds) };
}

function normalised(positions, count, wanted) {
  const found = [Infinity, -Infinity, Infinity, -Infinity];
  const shown = [];
  for (let row = 0; row < count; row++) {
    const x = positions[2 * row];
    const y = positions[2 * row + 1];
    if (!Number.isFinite(x) || !Number.isFinite(y)) continue;
    shown.push(row);
    found[0] = Math.min(found[0], x);
    found[1] = Math.max(found[1], x);
    found[2] = Math.min(found[2], y);
    found[3] = Math.max(found[3], y);
  }
  const bounds = wanted ?? found;
  const scale = 1.9 / (Math.max(bounds[1] - bounds[0], bounds[3] - bounds[2]) || 1);
  const x = new Float32Array(count).fill(Number.NaN);
  const y = new Float32Array(count).fill(Number.NaN);
  for (const row of shown) {
    x[row] = (positions[2 * row] - (bounds[0] + bounds[1]) / 2) * scale;
    y[row] = (positions[2 * row + 1] - (bounds[2] + bounds[3]) / 2) * scale;
  }
  const box = [bounds[0] - bounds[1], bounds[1] - bounds[0], bounds[2] - bounds[3], bounds[3] - bounds[2]];
  return { x, y, shown, box: box.map((side) => (side * scale) / 2) };
}
