/** What `work` gives; says how long it took. */
export async function timed(what, work) {
  const started = performance.now();
  const found = await work;
  console.log(`${what}: ${((performance.now() - started) / 1000).toFixed(2)} s`);
  return found;
}
