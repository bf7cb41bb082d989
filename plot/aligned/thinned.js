/**
 * Which of the names along an axis are shown where each needs the room of `every`: the first, the last, and as many between
 * them as there is room for, evenly.
 */
export function thinned(count, every) {
  const last = count - 1;
  const isEnd = (at) => at === 0 || at === last;
  return Array.from({ length: count }, (_, at) => isEnd(at) || (at % every === 0 && last - at >= every));
}
