/** Inflates raw deflate data (RFC 1951) on the spot: browsers have no synchronous way of their own. */

/** Extra bits and first values of the symbols for lengths and distances. */
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_EXTRA = Array.from({ length: 30 }, (_, symbol) => Math.max(0, (symbol >> 1) - 1));
const LENGTH_FIRST = [...firstValues(LENGTH_EXTRA.slice(0, 28), 3), 258];
const DISTANCE_FIRST = firstValues(DISTANCE_EXTRA, 1);
/** The order in which the code lengths of code lengths come. */
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const LONGEST = 15;

/** How many codes there are of each length, and the symbols in the order of their codes. */
interface Codes {
  counts: Uint16Array;
  symbols: Uint16Array;
  /** For the next 9 bits: the symbol whose code they begin with, times 16, and the code's length; 0 for longer codes. */
  short: Uint16Array;
}

const SHORT = 9;

function firstValues(extra: number[], first: number): number[] {
  let value = first;
  return extra.map((bits) => {
    const before = value;
    value += 1 << bits;
    return before;
  });
}

/** Inflates `input`, which becomes `size` bytes. The data are this package's own, so they are not doubted. */
export function inflate(input: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const output = new Uint8Array(size);
  let [at, to, held, count] = [0, 0, 0, 0];

  const need = (bits: number) => {
    while (count < bits) {
      held |= (input[at++] ?? 0) << count;
      count += 8;
    }
  };
  const take = (bits: number) => {
    need(bits);
    const value = held & ((1 << bits) - 1);
    held >>>= bits;
    count -= bits;
    return value;
  };
  const symbol = (codes: Codes) => {
    need(LONGEST);
    const found = codes.short[held & ((1 << SHORT) - 1)] as number;
    if (found > 0) {
      held >>>= found & 15;
      count -= found & 15;
      return found >> 4;
    }
    return longSymbol(codes);
  };
  const longSymbol = ({ counts, symbols }: Codes) => {
    let [code, first, index] = [0, 0, 0];
    for (let length = 1; ; length++) {
      code |= take(1);
      const here = counts[length] as number;
      if (code - here < first) return symbols[index + code - first] as number;
      index += here;
      first = (first + here) << 1;
      code <<= 1;
    }
  };
  const stored = () => {
    // What was read ahead goes back.
    at -= count >> 3;
    held = count = 0;
    const length = (input[at] as number) | ((input[at + 1] as number) << 8);
    output.set(input.subarray(at + 4, at + 4 + length), to);
    at += 4 + length;
    to += length;
  };
  const dynamicCodes = (): [Codes, Codes] => {
    const [literals, distances, lengths] = [take(5) + 257, take(5) + 1, take(4) + 4];
    const ofLengths = new Uint8Array(19);
    for (const place of ORDER.slice(0, lengths)) ofLengths[place] = take(3);
    const codes = codesOf(ofLengths);
    const all = new Uint8Array(literals + distances);
    for (let filled = 0; filled < all.length; ) {
      const found = symbol(codes);
      const [value, times] =
        found < 16
          ? [found, 1]
          : found === 16
            ? [all[filled - 1], take(2) + 3]
            : [0, found === 17 ? take(3) + 3 : take(7) + 11];
      all.fill(value as number, filled, filled + times);
      filled += times;
    }
    return [codesOf(all.subarray(0, literals)), codesOf(all.subarray(literals))];
  };
  const block = ([literals, distances]: [Codes, Codes]) => {
    for (;;) {
      const found = symbol(literals);
      if (found === 256) return;
      if (found < 256) {
        output[to++] = found;
        continue;
      }
      const length = (LENGTH_FIRST[found - 257] as number) + take(LENGTH_EXTRA[found - 257] as number);
      const far = symbol(distances);
      let from = to - (DISTANCE_FIRST[far] as number) - take(DISTANCE_EXTRA[far] as number);
      for (const end = to + length; to < end; ) output[to++] = output[from++] as number;
    }
  };

  for (let last = 0; last === 0; ) {
    last = take(1);
    const kind = take(2);
    if (kind === 0) stored();
    else block(kind === 1 ? fixedCodes() : dynamicCodes());
  }
  return output;
}

function fixedCodes(): [Codes, Codes] {
  const lengths = Uint8Array.from({ length: 288 }, (_, at) => (at < 144 ? 8 : at < 256 ? 9 : at < 280 ? 7 : 8));
  return [codesOf(lengths), codesOf(new Uint8Array(30).fill(5))];
}

/** The canonical codes with these lengths. */
function codesOf(lengths: Uint8Array): Codes {
  const counts = new Uint16Array(LONGEST + 1);
  for (const length of lengths) if (length > 0) counts[length] = (counts[length] as number) + 1;
  const [starts, codes] = [new Uint16Array(LONGEST + 2), new Uint16Array(LONGEST + 2)];
  for (let length = 1; length <= LONGEST; length++) {
    starts[length + 1] = (starts[length] as number) + (counts[length] as number);
    codes[length + 1] = ((codes[length] as number) + (counts[length] as number)) << 1;
  }
  const symbols = new Uint16Array(lengths.length);
  const short = new Uint16Array(1 << SHORT);
  for (const [symbol, length] of lengths.entries()) {
    if (length === 0) continue;
    const [place, code] = [starts[length] as number, codes[length] as number];
    symbols[place] = symbol;
    starts[length] = place + 1;
    codes[length] = code + 1;
    if (length <= SHORT) {
      for (let at = reversed(code, length); at < short.length; at += 1 << length) short[at] = (symbol << 4) | length;
    }
  }
  return { counts, symbols, short };
}

function reversed(code: number, length: number): number {
  let result = 0;
  for (let bit = 0; bit < length; bit++) result |= ((code >> bit) & 1) << (length - 1 - bit);
  return result;
}
