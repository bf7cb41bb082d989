/**
 * Typed arrays with memory of their own, which `new Blob` and `postMessage` take: `Float32Array<ArrayBuffer>` and so on. They
 * are spelled like this because TypeScript before 5.7 has no such types; there they are `Float32Array` and so on.
 */
export type OwnFloat32Array = ReturnType<Float32Array["slice"]>;
export type OwnInt32Array = ReturnType<Int32Array["slice"]>;
export type OwnUint32Array = ReturnType<Uint32Array["slice"]>;
export type OwnUint8Array = ReturnType<Uint8Array["slice"]>;
