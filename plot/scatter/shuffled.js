/** Rows in an order that has nothing to do with the data: rows sorted by class would hide the first classes under the last. */
export function shuffled(rows) {
  const order = Array.from(rows);
  let state = 1;
  for (let i = order.length - 1; i > 0; i--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const j = Math.floor((state / 2 ** 32) * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
