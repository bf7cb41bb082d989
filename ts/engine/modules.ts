import { configuration } from "../configure.js";
import { UmapError } from "../errors.js";
import { moduleSource } from "../platform/locate.js";
import { type ModuleSource, packageFiles, platform } from "../platform/platform.js";
import type { Backend, Build, Capability } from "../protocol.js";

/** By where they come from. */
const modules = new Map<unknown, Promise<WebAssembly.Module>>();

/** The compiled module of a build; compiled once for all engines. */
export function compiled(build: Build): Promise<WebAssembly.Module> {
  const source = moduleSource(build);
  const key = typeof source === "function" ? source : source.href;
  let module = modules.get(key);
  if (module === undefined) {
    module = compileFrom(source).catch((cause) => {
      modules.delete(key);
      throw new UmapError("worker-start", `${failure(source)}: ${cause}. ${platform().advice()}`, { cause });
    });
    modules.set(key, module);
  }
  return module;
}

async function compileFrom(source: ModuleSource): Promise<WebAssembly.Module> {
  return typeof source === "function" ? WebAssembly.compile(await source()) : platform().compile(source);
}

function failure(source: ModuleSource): string {
  return `the WebAssembly module ${typeof source === "function" ? "" : `${source.href} `}could not be loaded`;
}

/** The build for a backend: with relaxed SIMD where the engine has it, unless only the other one's place is known. */
export function buildFor(backend: Backend, capability: Capability): Build {
  if (capability === "parametric") return `parametric-${backend}`;
  const { threads, relaxed } = configuration.wasmUrl ?? packageFiles().modules;
  const isThere = relaxed !== undefined || threads === undefined;
  return backend === "threads" && isThere && WebAssembly.validate(RELAXED_SIMD) ? "relaxed" : backend;
}

/**
 * (memory i64 1) (func (param v128 v128 v128) (result v128) local.get 0 1 2 i32x4.relaxed_dot_i8x16_i7x16_add_s)
 *
 * The memory of 64 bits stands for an engine that is new enough: V8 11.3 to 11.8 have relaxed SIMD too, but compile this
 * instruction wrongly (seen with Node 21.7; right with 22.12, 24.4 and 26.10).
 */
const RELAXED_SIMD = new Uint8Array([
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[0x01, 0x08, 0x01, 0x60, 0x03, 0x7b, 0x7b, 0x7b, 0x01, 0x7b],
  ...[0x03, 0x02, 0x01, 0x00],
  ...[0x05, 0x03, 0x01, 0x04, 0x01],
  ...[0x0a, 0x0d, 0x01, 0x0b, 0x00, 0x20, 0x00, 0x20, 0x01, 0x20, 0x02, 0xfd, 0x93, 0x02, 0x0b],
]);
