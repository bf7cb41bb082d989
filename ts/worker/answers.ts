/** The host's side of calls: runs them, and sends back what they return or throw. */
import type { PlainError } from "../errors.js";
import type { AnswerMessage, CallMessage, Host } from "../protocol.js";
import type { WorkerScope } from "./scope.js";

/**
 * Answers every call from now on. Errors of the mathematics are plain objects with a code; everything else that is thrown
 * ended the module: `trapped` reports it, and the module must not be called again, not even to free.
 */
export function answerCalls(scope: WorkerScope, host: Host, trapped: (thrown: unknown) => void): void {
  const answerOf = async ({ method, values }: CallMessage): Promise<AnswerMessage["answer"]> => {
    try {
      return { ok: true, value: await (host[method] as (...values: unknown[]) => unknown)(...values) };
    } catch (thrown) {
      if (isPlainError(thrown)) return { ok: false, error: thrown };
      trapped(thrown);
      return { ok: false, error: { code: "panic", message: String(thrown) } };
    }
  };
  scope.listen(async (message) => {
    if (message.type !== "call") return;
    const answer = await answerOf(message);
    scope.post({ type: "answer", call: message.call, answer }, answer.ok ? buffersIn(answer.value) : []);
  });
}

export function isPlainError(thrown: unknown): thrown is PlainError {
  return typeof thrown === "object" && thrown !== null && !(thrown instanceof Error) && "code" in thrown;
}

/** The buffers of the typed arrays in a value: they are moved, not copied. */
export function buffersIn(value: unknown): ArrayBuffer[] {
  if (ArrayBuffer.isView(value)) return [value.buffer as ArrayBuffer];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(buffersIn);
}
