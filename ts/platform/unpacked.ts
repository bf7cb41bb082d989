/** What the build writes into dist/data/: a module, compressed by gzip, in base64. */
export async function unpacked(script: Promise<{ default: string }>): Promise<Uint8Array<ArrayBuffer>> {
  const packed = Uint8Array.from(atob((await script).default), (character) => character.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
