/**
 * `npm run demo`: embeds real data, says how long each stage took and how good the result is, and writes a page to look at.
 * `-- --dataset mnist --threads 4 --seed 7 --out demo-output` are its options.
 */
import { parseArgs } from "node:util";
import { DATASETS } from "../bench/datasets.mjs";
import { build } from "./build.mjs";
import { main } from "./run.mjs";
import { setup } from "./setup.mjs";

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
    seed: wholeNumber("seed", values.seed),
    threads: values.threads && wholeNumber("threads", values.threads),
  };
}

function wholeNumber(name, text) {
  if (!/^\d+$/.test(text)) throw new Error(`--${name} ${text}: expected a whole number`);
  return Number(text);
}

await main(async () => {
  const wanted = options();
  await build(await setup({ browsers: false }));
  // Only now are the packages and the build there that these import.
  const { demo } = await import("./demo/embed.mjs");
  await demo(wanted);
});
