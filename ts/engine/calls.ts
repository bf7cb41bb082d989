/** The supervisor's side of calls: each is a message to the host, and another comes back. */
import { UmapError } from "../errors.js";
import type { WorkerHandle } from "../platform/platform.js";
import type { AnswerMessage, Host, Returned } from "../protocol.js";

export class Calls {
  private readonly waiting = new Map<number, (answer: AnswerMessage["answer"]) => void>();
  private readonly host: WorkerHandle;
  private made = 0;

  constructor(host: WorkerHandle) {
    this.host = host;
  }

  /** Calls a method; memory in `moved` goes to the host. An error that it answers is thrown with its code. */
  async call<Method extends keyof Host>(
    method: Method,
    values: Parameters<Host[Method]>,
    moved: ArrayBuffer[] = [],
  ): Promise<Returned<Method>> {
    this.made += 1;
    const call = this.made;
    const answered = new Promise<AnswerMessage["answer"]>((resolve) => this.waiting.set(call, resolve));
    this.host.post({ type: "call", call, method, values }, moved);
    const answer = await answered;
    if (answer.ok) return answer.value as Returned<Method>;
    throw new UmapError(answer.error.code, answer.error.message);
  }

  settle({ call, answer }: AnswerMessage): void {
    this.waiting.get(call)?.(answer);
    this.waiting.delete(call);
  }
}
