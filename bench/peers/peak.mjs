import { readFileSync } from "node:fs";

/** Most memory that the process has had. Linux's maxRSS is no less than what the process that started this one had. */
export function peakMib() {
  if (process.platform !== "linux") return process.resourceUsage().maxRSS / 1024;
  return Number(/VmHWM:\s*(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"))[1]) / 1024;
}
