// Which points are near a place, near another point in a direction, and where most of some points are.

/** The nearest of the points that are to be seen, at most `reach` away; undefined if there is none. */
export function nearestTo({ x, y }, isSeen, place, reach = Infinity) {
  return best(x.length, (point) => {
    const distance = Math.hypot(x[point] - place.x, y[point] - place.y);
    return distance <= reach && isSeen(point) ? distance : Infinity;
  });
}

/** The point to go to from a point in a direction: the nearest in the quarter of the plane on that side of it. */
export function nearestAside({ x, y }, isSeen, from, [right, up]) {
  return best(x.length, (point) => {
    const [dx, dy] = [x[point] - x[from], y[point] - y[from]];
    const along = dx * right + dy * up;
    const across = Math.abs(dx * up - dy * right);
    return along > 0 && across <= along && isSeen(point) ? Math.hypot(along, across) : Infinity;
  });
}

function best(count, costOf) {
  let found;
  let least = Infinity;
  for (let point = 0; point < count; point++) {
    const cost = costOf(point);
    if (cost < least) [least, found] = [cost, point];
  }
  return found;
}

/** The box around most of some points: of a class, a few lie far off among others. */
export function boxOfMost({ x, y }, points, part = 0.96) {
  const cut = Math.floor((points.length * (1 - part)) / 2);
  const along = (values) => {
    const sorted = Float32Array.from(points, (point) => values[point]).sort();
    const [low, high] = [sorted[cut], sorted[sorted.length - 1 - cut]];
    const room = 0.1 * (high - low) + 0.02;
    return [low - room, high + room];
  };
  return [...along(x), ...along(y)];
}
