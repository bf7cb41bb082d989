export type ErrorCode = "unknown-option" | "invalid-parameter" | "shape-mismatch" | "not-finite" | "empty-input" | "out-of-memory" | "cancelled" | "panic" | "instance-lost" | "worker-start" | "not-fitted";
export type Stage = "points" | "knn" | "fuzzy" | "init" | "optimize" | "evaluate";
