/**
 * ParametricUMAP: steps per second beside JAX, whole fits beside umap-learn's, places of new rows, neighbours kept beside UMAP.
 * Writes results/parametric.md, which keeps what earlier calls measured of the rest; with --rows results/parametric-ROWS.md.
 *
 *   node bench/parametric.mjs [--only steps,small,umap-learn,large,digits,split] [--seeds 3] [--rounds 3] [--threads 2]
 *                             [--rows 1000 --training-steps 200] [--no-peer] [--no-build]
 */
import { main } from "../scripts/run.mjs";
import { flags, someOf, wholeNumber } from "./flags.mjs";
import { buildFirst, chosenDataset } from "./measure.mjs";
import { measureBoth, measureLarge, measureUmapLearn } from "./parametric_parts.mjs";
import { report } from "./parametric_report.mjs";
import { measureSteps } from "./parametric_steps.mjs";
import { circumstances, save, savedOr } from "./record.mjs";

const TEST_ROWS = 10_000;

/** What is measured; `small`, `large` and `asked` are rows of MNIST. */
const PARTS = {
  steps: (how) => measureSteps({ ...how, points: chosenDataset("mnist", String(how.small)) }),
  small: (how) => measureBoth({ ...how, dataset: "mnist", fitted: how.small }),
  "umap-learn": (how) => measureUmapLearn({ ...how, fitted: how.small }),
  large: (how) => measureLarge({ ...how, fitted: how.large }),
  digits: (how) => measureBoth({ ...how, dataset: "digits", fitted: 1797, asked: 0 }),
  split: (how) => measureBoth({ ...how, dataset: "digits", fitted: 1258, asked: 539 }),
};

await main(async () => {
  const defaults = { seeds: "3", rounds: "3", threads: "2", rows: "", "training-steps": "", only: "" };
  const values = flags({ ...defaults, "no-peer": false, "no-build": false });
  const number = (name) => (values[name] === "" ? undefined : wholeNumber(name, values[name]));
  const [seeds, rounds, threads, rows] = ["seeds", "rounds", "threads", "rows"].map(number);
  const chosen = values.only === "" ? Object.keys(PARTS) : someOf("only", values.only, Object.keys(PARTS));
  const withPeer = !values["no-peer"];
  await buildFirst(!values["no-build"]);
  const umap = { ...(await import("../dist/node-index.js")), ...(await import("../dist/node-parametric.js")) };
  const name = ["parametric", values.rows].filter(Boolean).join("-");
  const sizes = { small: rows ?? 10_000, large: rows ?? 60_000, asked: Math.min(TEST_ROWS, rows ?? TEST_ROWS) };
  const how = { umap, seeds, rounds, threads, withPeer, trainingSteps: number("training-steps"), ...sizes };
  const record = savedOr(name, {});
  for (const part of chosen.filter((one) => withPeer || one !== "umap-learn")) {
    const found = await PARTS[part]({ ...how, name: `${name}-${part}` });
    const versions = [`Node ${process.versions.node}`, ...(found.versions ?? [])].join(", ");
    record[part] = { circumstances: circumstances(), threads, ...found, versions };
    save(name, record, report(record));
  }
  console.log(report(record));
});
