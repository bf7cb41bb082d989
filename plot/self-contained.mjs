// Pages that are one HTML file each and need no server and no network: code, style and data are all inside.
import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

/**
 * The page without data: a string that `withData` completes. Only this needs esbuild.
 * @param {{ template: string, styles: string[], client: string }} files their paths; the styles apply in this order
 */
export async function bundlePage({ template, styles, client }) {
  const [html, bundle, ...sheets] = await Promise.all([
    readFile(template, "utf8"),
    build({
      entryPoints: [client],
      bundle: true,
      minify: true,
      format: "iife",
      target: "es2022",
      write: false,
      legalComments: "inline",
    }),
    ...styles.map((file) => readFile(file, "utf8")),
  ]);
  // A function as replacement: the text may hold "$&". No script may hold the end tag of scripts.
  const script = bundle.outputFiles[0].text.replaceAll("</script", "<\\/script");
  return html.replace("/*STYLE*/", () => sheets.join("\n")).replace("/*SCRIPT*/", () => script);
}

export function withData(template, plot) {
  // "<" could open a comment or end the script element.
  const json = JSON.stringify(plot).replaceAll("<", "\\u003c");
  return template.replace("/*PLOT*/", () => json);
}

export const packed = (array) =>
  gzipSync(new Uint8Array(array.buffer, array.byteOffset, array.byteLength)).toString("base64");
