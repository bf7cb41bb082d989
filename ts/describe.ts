/** What a caller gave, in words, for the messages of errors. */

/** Characters of a string that are quoted. */
const QUOTED = 40;
/** Names that are listed. */
const LISTED = 5;

export function described(value: unknown): string {
  switch (typeof value) {
    case "string":
      return `the string ${JSON.stringify(value.length > QUOTED ? `${value.slice(0, QUOTED)}...` : value)}`;
    case "bigint":
      return `the bigint ${value}n`;
    case "symbol":
      return "a symbol";
    case "function":
      return value.name ? `a function (${value.name})` : "a function";
    case "object":
      return value === null ? "null" : describedObject(value);
    default:
      return String(value);
  }
}

function describedObject(value: object): string {
  const tag = nameOf(value);
  // Instances of classes seldom have a tag. Bundlers put an underscore before the names of some.
  const name = tag === "Object" ? value.constructor?.name?.replace(/^_/, "") || tag : tag;
  if (name === "Object") {
    const keys = Object.keys(value);
    if (keys.length === 0) return "an empty object";
    return `an object with ${keys.slice(0, LISTED).join(", ")}${keys.length > LISTED ? ", ..." : ""}`;
  }
  const words = name === "Array" ? "array" : name;
  const article = /^[AEIO]/i.test(words) ? "an" : "a";
  return `${article} ${words}${isList(value) ? ` of ${value.length}` : ""}`;
}

function isList(value: object): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && "length" in value);
}

/** The name of a built-in type, also for values of another realm. */
export function nameOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}
