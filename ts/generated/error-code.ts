export type CoreErrorCode = "cancelled" | "invalid-input";
