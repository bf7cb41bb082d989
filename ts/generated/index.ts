export type ErrorCode = "unknown-option" | "invalid-parameter" | "shape-mismatch" | "not-finite" | "empty-input" | "out-of-memory" | "cancelled" | "panic" | "instance-lost" | "worker-start" | "not-fitted";
export type Stage = "points" | "knn" | "fuzzy" | "init" | "optimize" | "evaluate";
export type KnnMethod = "exact" | "nn_descent";
export interface Diagnostics { rows: number; }
export interface Evaluation { trustworthiness: number; }
export interface UmapOptions { nNeighbors?: number; nComponents?: number; metric?: string; nEpochs?: number; init?: string; seed?: number; nThreads?: number; nJobs?: number; }
export interface KnnOptions { k?: number; metric?: string; forceApproximation?: boolean; seed?: number; nThreads?: number; }
export interface EvaluateOptions { k?: number; metric?: string; sample?: number; seed?: number; nThreads?: number; }
