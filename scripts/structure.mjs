/** What the structure of the Rust crates promises: no two files import each other, directly or through others, and none is long. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { root } from "./env.mjs";

const MOST_LINES = 300;

/** Throws with every circle of imports and every file that is too long. */
export function checkStructure() {
  const problems = readdirSync(join(root, "crates")).flatMap((crate) => {
    const files = filesByModule(join(root, "crates", crate, "src"));
    return [...long(files), ...circles(files).map((circle) => `files import each other: ${circle.join(", ")}`)];
  });
  if (problems.length > 0) throw new Error(problems.join("\n"));
}

/** The files of a crate by the path of their module. */
function filesByModule(source) {
  const moduleOf = (path) =>
    path
      .replace(/\.rs$/, "")
      .replace(/(^|\/)(mod|lib|main)$/, "")
      .split("/")
      .join("::");
  const paths = readdirSync(source, { recursive: true }).filter((path) => path.endsWith(".rs"));
  return new Map(paths.map((path) => [moduleOf(path), join(source, path)]));
}

function long(files) {
  return [...files.values()].flatMap((path) => {
    const lines = readFileSync(path, "utf8").split("\n").length - 1;
    return lines > MOST_LINES ? [`${relative(root, path)} has ${lines} lines, more than ${MOST_LINES}`] : [];
  });
}

/** Sets of files that import each other, by Tarjan's algorithm. */
function circles(files) {
  const [numbers, lows, stack, found] = [new Map(), new Map(), [], []];
  const visit = (module) => {
    numbers.set(module, numbers.size);
    lows.set(module, numbers.get(module));
    stack.push(module);
    for (const other of importsOf(module, files)) {
      if (!numbers.has(other)) visit(other);
      if (stack.includes(other)) lows.set(module, Math.min(lows.get(module), lows.get(other)));
    }
    if (lows.get(module) !== numbers.get(module)) return;
    const circle = stack.splice(stack.indexOf(module));
    if (circle.length > 1) found.push(circle.map((each) => relative(root, files.get(each))));
  };
  for (const module of files.keys()) if (!numbers.has(module)) visit(module);
  return found;
}

/** The modules of which a file imports something, the root of the crate aside: it only lists modules. */
function importsOf(module, files) {
  const text = withoutInlineModules(readFileSync(files.get(module), "utf8").replace(/\/\/.*/g, ""));
  const paths = [...text.matchAll(/\buse\s+([^;]+);/g)].flatMap(([, tree]) => expand(tree.replace(/\s+/g, "")));
  const modules = paths.map((path) => resolve(path, module, files));
  return new Set(modules.filter((other) => other !== "" && other !== module));
}

/** `mod tests { ... }` and the like belong to their file: they may import what they test. */
function withoutInlineModules(text) {
  const start = /\bmod\s+\w+\s*\{/.exec(text);
  if (start === null) return text;
  let [depth, end] = [1, start.index + start[0].length];
  for (; depth > 0; end++) depth += { "{": 1, "}": -1 }[text[end]] ?? 0;
  return withoutInlineModules(text.slice(0, start.index) + text.slice(end));
}

/** The single paths of `a::{b, c::{d, e}}`. */
function expand(tree) {
  const open = tree.indexOf("{");
  if (open < 0) return [tree];
  let [depth, part, parts] = [0, "", []];
  for (const letter of tree.slice(open + 1, tree.lastIndexOf("}"))) {
    depth += { "{": 1, "}": -1 }[letter] ?? 0;
    if (letter === "," && depth === 0) [part, parts] = ["", [...parts, part]];
    else part += letter;
  }
  return [...parts, part].filter(Boolean).flatMap((each) => expand(tree.slice(0, open) + each));
}

/** The module that a path of an import leads to. */
function resolve(path, module, files) {
  const names = path.split("::");
  const base = module === "" ? [] : module.split("::");
  if (names[0] === "crate") base.length = 0;
  const supers = names.filter((name) => name === "super").length;
  const parent = base.slice(0, base.length - supers);
  const all = [...parent, ...names.filter((name) => !["crate", "self", "super"].includes(name))];
  while (all.length > 0 && !files.has(all.join("::"))) all.pop();
  return all.join("::");
}
