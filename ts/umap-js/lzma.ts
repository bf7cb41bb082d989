/**
 * Decodes raw LZMA data (the coder of 7-Zip) on the spot: browsers decode nothing synchronously, and of what a short program
 * decodes this makes the module smallest (level 2: deflate 309 kB, LZMA 224).
 */
import type { Slice, Work } from "./slices.js";

/** Literals depend on so many bits of the byte before: `lc` of the encoder (crates/bindgen), whose `lp` and `pb` are 0. */
const CONTEXT_BITS = 3;
const LITERAL_CHANCES = 0x300;
/** States say what the last packets were; from this one on the last was a copy. */
const AFTER_COPY = 7;
const STATES = 12;
const SHORTEST = 2;
/** From this slot on distances have bits without chances; their last four have some of their own. */
const FAR_SLOT = 14;
const ALIGN_BITS = 4;
/** Chances of a 0 are in 2048ths. */
const EVEN = 1024;

/** Packets between two looks at the clock: about half a millisecond, cold. */
const PACKETS = 2048;

/** Decodes `input`, which becomes `size` bytes. The data are this package's own, so they are not doubted. */
export function* decode(input: Uint8Array, size: number, slice: Slice): Work<Uint8Array<ArrayBuffer>> {
  const output = new Uint8Array(size);
  const coder = new RangeDecoder(input);
  const literals = new Literals(coder);
  const copies = new Copies(coder);
  const isCopy = evenChances(STATES);
  for (let to = 0, state = 0, packets = 0; to < size; ) {
    if (++packets % PACKETS === 0 && slice.left <= 0) yield;
    if (coder.bit(isCopy, state) === 0) {
      const expected = state < AFTER_COPY ? undefined : output[to - copies.distance];
      output[to] = literals.next(output[to - 1] ?? 0, expected);
      to++;
      state = Math.max(0, state - (state < 10 ? 3 : 6));
    } else {
      state = copies.next(state);
      const { distance, length } = copies;
      for (const end = to + length; to < end; to++) output[to] = output[to - distance] as number;
    }
  }
  return output;
}

/** Single bytes. */
class Literals {
  readonly #chances = evenChances(LITERAL_CHANCES << CONTEXT_BITS);

  constructor(private readonly coder: RangeDecoder) {}

  /** After a copy `expected` is the byte that would have gone on with it; up to the first other bit, bits depend on it. */
  next(before: number, expected: number | undefined): number {
    const from = LITERAL_CHANCES * (before >> (8 - CONTEXT_BITS));
    let symbol = 1;
    if (expected !== undefined) {
      for (let place = 7, same = true; same && place >= 0; place--) {
        const bit = (expected >> place) & 1;
        symbol = (symbol << 1) | this.coder.bit(this.#chances, from + ((1 + bit) << 8) + symbol);
        same = (symbol & 1) === bit;
      }
    }
    while (symbol < 0x100) symbol = (symbol << 1) | this.coder.bit(this.#chances, from + symbol);
    return symbol & 0xff;
  }
}

/** Copies of earlier bytes: new distances, and the last four again. */
class Copies {
  length = 0;
  readonly #last = [1, 1, 1, 1];
  readonly #isRepeat = evenChances(STATES);
  /** Whether a distance is older than the first, the second, the third. */
  readonly #isOlder = [evenChances(STATES), evenChances(STATES), evenChances(STATES)] as const;
  readonly #isLong = evenChances(STATES);
  readonly #lengths: Lengths;
  readonly #repeatLengths: Lengths;
  readonly #slots = [0, 1, 2, 3].map(() => evenChances(64));
  readonly #near = evenChances(128);
  readonly #align = evenChances(1 << ALIGN_BITS);

  constructor(private readonly coder: RangeDecoder) {
    this.#lengths = new Lengths(coder);
    this.#repeatLengths = new Lengths(coder);
  }

  get distance(): number {
    return this.#last[0] as number;
  }

  /** Sets length and distance; returns the state after it. */
  next(state: number): number {
    const afterCopy = state < AFTER_COPY ? 0 : 1;
    if (this.coder.bit(this.#isRepeat, state) === 0) {
      this.length = this.#lengths.next();
      this.#last.pop();
      this.#last.unshift(this.#newDistance());
      return 7 + 3 * afterCopy;
    }
    const [second, third, fourth] = this.#isOlder;
    const { coder } = this;
    if (coder.bit(second, state) === 0) {
      if (coder.bit(this.#isLong, state) === 0) {
        this.length = 1;
        return 9 + 2 * afterCopy;
      }
    } else {
      const age = coder.bit(third, state) === 0 ? 1 : 2 + coder.bit(fourth, state);
      this.#last.unshift(...this.#last.splice(age, 1));
    }
    this.length = this.#repeatLengths.next();
    return 8 + 3 * afterCopy;
  }

  #newDistance(): number {
    const slots = this.#slots[Math.min(this.length - SHORTEST, 3)] as Uint16Array;
    const slot = this.coder.tree(slots, 0, 6);
    if (slot < 4) return slot + 1;
    const bits = (slot >> 1) - 1;
    const first = (2 | (slot & 1)) << bits;
    if (slot < FAR_SLOT) return first + this.coder.reversedTree(this.#near, first - slot, bits) + 1;
    const high = this.coder.plain(bits - ALIGN_BITS) << ALIGN_BITS;
    return first + high + this.coder.reversedTree(this.#align, 0, ALIGN_BITS) + 1;
  }
}

/** Lengths of copies: 8 short ones, 8 of middle length, 256 long ones. */
class Lengths {
  readonly #choices = evenChances(2);
  readonly #short = evenChances(8);
  readonly #middle = evenChances(8);
  readonly #long = evenChances(256);

  constructor(private readonly coder: RangeDecoder) {}

  next(): number {
    const { coder } = this;
    if (coder.bit(this.#choices, 0) === 0) return SHORTEST + coder.tree(this.#short, 0, 3);
    if (coder.bit(this.#choices, 1) === 0) return SHORTEST + 8 + coder.tree(this.#middle, 0, 3);
    return SHORTEST + 16 + coder.tree(this.#long, 0, 8);
  }
}

/** Bits from a number between 0 and 1, cut where their chances say; the chances follow what comes. */
class RangeDecoder {
  #range = 0xffffffff;
  #code = 0;
  /** The first byte is always 0. */
  #at = 1;

  constructor(private readonly input: Uint8Array) {
    for (let bytes = 0; bytes < 4; bytes++) this.#code = this.#code * 256 + (input[this.#at++] as number);
  }

  bit(chances: Uint16Array, at: number): number {
    this.#fill();
    const chance = chances[at] as number;
    const bound = (this.#range >>> 11) * chance;
    if (this.#code < bound) {
      this.#range = bound;
      chances[at] = chance + ((2048 - chance) >> 5);
      return 0;
    }
    this.#range -= bound;
    this.#code -= bound;
    chances[at] = chance - (chance >> 5);
    return 1;
  }

  /** Bits that are as likely 0 as 1. */
  plain(bits: number): number {
    let value = 0;
    for (let bit = 0; bit < bits; bit++) {
      this.#fill();
      this.#range = this.#range >>> 1;
      const isOne = this.#code >= this.#range;
      if (isOne) this.#code -= this.#range;
      value = (value << 1) | Number(isOne);
    }
    return value;
  }

  /** Bits from the highest one on, each with a chance that depends on those before it. */
  tree(chances: Uint16Array, from: number, bits: number): number {
    let symbol = 1;
    for (let bit = 0; bit < bits; bit++) symbol = (symbol << 1) | this.bit(chances, from + symbol);
    return symbol - (1 << bits);
  }

  /** The same from the lowest bit on. */
  reversedTree(chances: Uint16Array, from: number, bits: number): number {
    let [symbol, value] = [1, 0];
    for (let place = 0; place < bits; place++) {
      const bit = this.bit(chances, from + symbol);
      symbol = (symbol << 1) | bit;
      value |= bit << place;
    }
    return value;
  }

  #fill(): void {
    if (this.#range >= 2 ** 24) return;
    this.#range *= 256;
    this.#code = this.#code * 256 + (this.input[this.#at++] ?? 0);
  }
}

function evenChances(count: number): Uint16Array {
  return new Uint16Array(count).fill(EVEN);
}
