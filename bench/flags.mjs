// Command lines of the benchmarks: what is wrong is said with what was expected, without a stack.
import { parseArgs } from "node:util";

/** Values of `--name value` and `--name` (where the default is false); `defaults` has every flag that there is. */
export function flags(defaults, args = process.argv.slice(2)) {
  const options = Object.fromEntries(
    Object.entries(defaults).map(([name, value]) => [
      name,
      { type: typeof value === "boolean" ? "boolean" : "string" },
    ]),
  );
  try {
    const { values } = parseArgs({ args, options });
    return { ...defaults, ...values };
  } catch (error) {
    const names = Object.keys(defaults).map((name) => `--${name}`);
    throw new Error(`${error.message.split(". ")[0]}: expected ${names.join(", ")}`);
  }
}

export function wholeNumber(name, text) {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`--${name} ${text}: expected a whole number from 1 on`);
  return Number(text);
}

export function oneOf(name, text, accepted) {
  if (!accepted.includes(text)) throw new Error(`--${name} ${text}: expected one of ${accepted.join(", ")}`);
  return text;
}

/** A list such as `a,b`. */
export function someOf(name, text, accepted) {
  return text.split(",").map((item) => oneOf(name, item, accepted));
}

/** Counts such as `a=1,b=2`. */
export function counts(name, text, accepted) {
  const entries = text.split(",").filter((item) => item !== "");
  return Object.fromEntries(
    entries.map((item) => {
      const [, key, count] = /^([^=]+)=([1-9]\d*)$/.exec(item) ?? [];
      if (!key) throw new Error(`--${name} ${item}: expected a name and a whole number, such as ${accepted[0]}=1`);
      return [oneOf(name, key, accepted), Number(count)];
    }),
  );
}
