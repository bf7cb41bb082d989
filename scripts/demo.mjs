/**
 * `npm run demo`: embeds real data, says how long each stage took and how good the result is, and writes a page to look at.
 * `-- --dataset mnist --threads 4 --seed 7 --out demo-output` are its options.
 */
import { parseArgs } from "node:util";
import { DATASETS } from "../datasets/index.mjs";
import { buildSteps } from "./build.mjs";
import { main } from "./run.mjs";
import { npmStep, rustStep } from "./setup.mjs";
import { runSteps } from "./steps.mjs";

function options() {
  const { values } = parseArgs({
    options: {
      dataset: { type: "string", default: "digits" },
      threads: { type: "string" },
      seed: { type: "string", default: "42" },
      out: { type: "string", default: "demo-output" },
    },
  });
  if (!DATASETS.includes(values.dataset))
    throw new Error(`--dataset ${values.dataset}: expected one of ${DATASETS.join(", ")}`);
  return {
    ...values,
    seed: integer("seed", values.seed),
    threads: values.threads && integer("threads", values.threads),
  };
}

function integer(name, text) {
  if (!/^\d+$/.test(text)) throw new Error(`--${name} ${text}: expected an integer`);
  return Number(text);
}

await main(async () => {
  const wanted = options();
  const [rust, npm] = [rustStep(), npmStep()];
  await runSteps("demo", [rust, npm, ...buildSteps({ rust, npm }, { modules: ["threads"] })]);
  // Only now are the packages and the build there that these import.
  const { demo } = await import("./demo/embed.mjs");
  await demo(wanted);
});
