/** Ends a run with the files that took longest, so that a test that costs minutes is seen when it is added. */
import type { Reporter, TestModule } from "vitest/node";

const SHOWN = 10;

/** Seconds for what it imports and does outside of tests, which takes much where fits are shared, and for its tests. */
function seconds(module: TestModule): number {
  const { collectDuration, duration } = module.diagnostic();
  return (collectDuration + duration) / 1000;
}

export default class Slowest implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const times = modules.map((module) => ({ name: module.relativeModuleId, seconds: seconds(module) }));
    times.sort((a, b) => b.seconds - a.seconds);
    const lines = times.slice(0, SHOWN).map(({ name, seconds }) => `${seconds.toFixed(1).padStart(7)} s  ${name}`);
    const total = times.reduce((sum, { seconds }) => sum + seconds, 0);
    console.log(["Slowest files:", ...lines, `${total.toFixed(1).padStart(7)} s  all ${times.length}`].join("\n"));
  }
}
