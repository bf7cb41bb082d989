/**
 * The package as it is published, in the tool chains that people have: packed, installed, bundled, and run in a browser. Every
 * one must give the same embedding, bit for bit, or say what to do.
 *
 * `npm run check` runs these, and `npm test -- bundlers`: installing the tool chains takes a minute, and 600 MB.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { openChromium } from "../../plot/chromium.mjs";
import { serve } from "../browser/server.js";
import { FOLDER, page, prepare, programOf, run, tool, writeScript } from "./workplace.js";

interface Found {
  hash?: number;
  backend?: string;
  name?: string;
  code?: string;
  message?: string;
}

type Server = Awaited<ReturnType<typeof serve>>;
let expected: number;
let browser: Awaited<ReturnType<typeof openChromium>>;
let open: Server;
let isolated: Server;

beforeAll(async () => {
  prepare();
  const program = `import("./app.js").then(() => found).then(({ hash }) => console.log(hash))`;
  expected = Number(run(process.execPath, ["--eval", program]));
  [browser, open, isolated] = await Promise.all([openChromium(), serve(false), serve(true)]);
}, 400_000);

afterAll(async () => {
  await browser?.close();
  for (const server of [open, isolated]) server?.close();
});

/** What the app finds in a page. */
async function found(url: string): Promise<Found> {
  const tab = await browser.newPage();
  try {
    await tab.goto(url);
    await tab.waitForFunction("globalThis.found", undefined, { timeout: 30_000 });
    return await tab.evaluate("globalThis.found");
  } finally {
    await tab.close();
  }
}

/** The same fit everywhere: in the single-threaded build, and with threads where the page is isolated. */
async function expectSame(path: string): Promise<void> {
  expect(await found(open.origin + path)).toEqual({ hash: expected, backend: "single" });
  expect(await found(isolated.origin + path)).toEqual({ hash: expected, backend: "threads" });
}

async function expectAdvice(path: string, advice: RegExp): Promise<void> {
  const { name, code, message } = await found(open.origin + path);
  expect({ name, code }).toEqual({ name: "UmapError", code: "worker-start" });
  expect(message).toMatch(advice);
}

/** Starts a server of a tool chain's, and ends it with the test. */
async function started(program: string, args: string[], within: string, port: number): Promise<string> {
  const child = spawn(programOf(program), [...args, "--port", String(port)], {
    cwd: join(FOLDER, within),
    detached: true,
    stdio: "ignore",
  });
  onTestFinished(() => void process.kill(-(child.pid as number), "SIGKILL"));
  const origin = `http://localhost:${port}`;
  await expect
    .poll(
      () =>
        fetch(origin).then(
          ({ ok }) => ok,
          () => false,
        ),
      { timeout: 60_000, interval: 200 },
    )
    .toBe(true);
  return origin;
}

describe("without a setting", () => {
  it.each([
    ["Vite", "vite/bin/vite.js"],
    ["Vite 6", "vite-6/bin/vite.js"],
  ])("%s builds", async (name, vite) => {
    tool(vite, ["build", "--base=./", "--outDir", `../web/${name}`], "vite");
    await expectSame(`/${FOLDER}/web/${name}/index.html`);
  });

  it.each([
    ["Vite", "vite/bin/vite.js", 45_201],
    ["Vite 6", "vite-6/bin/vite.js", 45_202],
  ])("%s's development server works, which moves the scripts of packages", async (_, vite, port) => {
    const origin = await started(vite, ["--strictPort"], "vite", port);
    expect(await found(`${origin}/`)).toEqual({ hash: expected, backend: "single" });
  });

  it("webpack", async () => {
    tool("webpack/bin/webpack.js", ["--output-path", "web/webpack"]);
    await expectSame(page("webpack"));
  });

  it("Parcel, which knows no `exports`", async () => {
    const to = ["--dist-dir", "web/parcel", "--public-url", "./", "--no-cache"];
    tool("parcel/lib/bin.js", ["build", "vite/index.html", ...to]);
    await expectSame(`/${FOLDER}/web/parcel/index.html`);
  });

  it("a page that imports the package from its own origin", async () => {
    writeScript("web/plain.js", (app) => app.replace('"umap-wasm"', '"../node_modules/umap-wasm/dist/index.js"'));
    await expectSame(page("plain", { script: "../plain.js" }));
  });

  it("a page that imports the package from another origin", async () => {
    const cdn = await serve(false);
    onTestFinished(cdn.close);
    const entry = `"${cdn.origin}/${FOLDER}/node_modules/umap-wasm/dist/index.js"`;
    writeScript("web/cdn.js", (app) => app.replace('"umap-wasm"', entry));
    await expectSame(page("cdn", { script: "../cdn.js" }));
  });
});

describe("Next.js", () => {
  it("runs it in the page and on the server", async () => {
    tool("next/dist/bin/next", ["build"], "next");
    const origin = await started("next/dist/bin/next", ["start"], "next", 45_203);
    expect(await found(origin)).toEqual({ hash: expected, backend: "single" });
    const answer = await fetch(`${origin}/api`);
    expect(await answer.json()).toEqual({ hash: expected, backend: "threads" });
  }, 180_000);
});

describe("umap-wasm/inline, where bundlers copy no files", () => {
  it("esbuild, as a classic script", async () => {
    tool("esbuild/bin/esbuild", ["inline.js", "--bundle", "--format=iife", "--outfile=web/iife-inline/main.js"]);
    await expectSame(page("iife-inline", { type: "text/javascript" }));
  });

  it("esbuild, for Node", () => {
    const bundle = ["inline.js", "--bundle", "--platform=node", "--format=cjs", "--outfile=web/bundle.cjs"];
    tool("esbuild/bin/esbuild", bundle);
    const program = `require("./web/bundle.cjs"); found.then(({ hash }) => console.log(hash))`;
    expect(Number(run(process.execPath, ["--eval", program]))).toBe(expected);
  });

  it("Rollup, which loads one module", async () => {
    const rollup = [
      "inline.js",
      "--plugin",
      "node-resolve",
      "--dir",
      "web/rollup-inline",
      "--entryFileNames",
      "main.js",
    ];
    tool("rollup/dist/bin/rollup", rollup);
    await expectSame(page("rollup-inline"));
  });
});

describe("without the files", () => {
  it("a bundle says which is not there, and what to do", async () => {
    tool("esbuild/bin/esbuild", ["app.js", "--bundle", "--format=esm", "--outfile=web/esm/main.js"]);
    await expectAdvice(
      page("esm"),
      /worker\.js|umap_wasm_single\.wasm.*404.*umap-wasm\/inline.*configure\(\{ baseUrl \}\)/,
    );
  });

  it("a bundle that does not know where it is says so, and configure says it", async () => {
    const bundle = (name: string, app: string) =>
      tool("esbuild/bin/esbuild", [app, "--bundle", "--format=iife", `--outfile=web/${name}/main.js`]);
    bundle("iife", "app.js");
    await expectAdvice(page("iife", { type: "text/javascript" }), /umap-wasm\/inline.*configure\(\{ baseUrl \}\)/);
    writeScript("configured.js", (app) => {
      const configured = `configure({ baseUrl: "/${FOLDER}/node_modules/umap-wasm/dist" });`;
      return app.replace("import { UMAP }", "import { configure, UMAP }").replace("\n\n", `\n\n${configured}\n`);
    });
    bundle("configured", "configured.js");
    await expectSame(page("configured", { type: "text/javascript" }));
  });

  it("a server that answers with a page is recognised", async () => {
    writeScript("nowhere.js", (app) =>
      app
        .replace("import { UMAP }", "import { configure, UMAP }")
        .replace("\n\n", `\n\nconfigure({ workerUrl: "./index.html", wasmUrl: { single: "./index.html" } });\n`),
    );
    tool("esbuild/bin/esbuild", ["nowhere.js", "--bundle", "--format=iife", "--outfile=web/nowhere/main.js"]);
    await expectAdvice(page("nowhere", { type: "text/javascript" }), /answered with a page/);
  });
});

describe("a strict program's types", () => {
  it.each([
    ["TypeScript 5.4", "typescript-5.4/bin/tsc"],
    ["the newest TypeScript", "typescript/bin/tsc"],
  ])("%s", (_, tsc) => {
    tool(tsc, ["--project", "types"]);
    tool(tsc, ["--project", "types", "--module", "esnext", "--moduleResolution", "bundler"]);
  });
});
