/**
 * A completion port that loses, delays or repeats messages of jobs, as Windows is allowed to.
 *
 * @module
 */
import { JOB_OBJECT_MSG } from "../../ffi/constants.ts";
import { completionPort, type Packet } from "../../process/io/completion_port.ts";
import type { Random } from "./random.ts";

/** What happens to messages; only `notificationLimit` is guaranteed. */
export type Treatment = "all" | "lost" | "late" | "twice";

/** Each of them. */
export const TREATMENTS: readonly Treatment[] = ["all", "lost", "late", "twice"];

/** The share of messages that is lost. */
const LOST = 0.3;

/** The longest delay, in ms. */
const LATE = 400;

/** What a job's message has in place of a size, and a finished read or write has not in these tests. */
const CODES: ReadonlySet<number> = new Set(Object.values(JOB_OBJECT_MSG));

/** What was done. */
export interface UnreliablePort extends Disposable {
  /** Messages that were not delivered, or not as they came. */
  readonly spoilt: number;
}

/**
 * Treats the messages of jobs that are made from now on, until the result is disposed of. No pipe may
 * be in use: its packets have no other mark.
 *
 * @param treatment What happens to them.
 * @param random Which, and for how long.
 */
export function unreliablePort(treatment: Treatment, random: Random): UnreliablePort {
  let spoilt = 0;
  const waiting = new Set<ReturnType<typeof setTimeout>>();
  const register: typeof completionPort.register = (handler, failed) => {
    const treated = (packet: Packet): void => {
      const isCertain = packet.bytes === JOB_OBJECT_MSG.NOTIFICATION_LIMIT;
      if (!CODES.has(packet.bytes) || isCertain || treatment === "all") return handler(packet);
      if (treatment === "lost") {
        if (random.int(1000) >= LOST * 1000) return handler(packet);
        spoilt++;
        return;
      }
      spoilt++;
      if (treatment === "late") {
        const timer = setTimeout(() => {
          waiting.delete(timer);
          handler(packet);
        }, random.int(LATE));
        waiting.add(timer);
      } else for (let i = 0; i < 2; i++) handler(packet);
    };
    return Object.getPrototypeOf(completionPort).register.call(completionPort, treated, failed);
  };
  Object.defineProperty(completionPort, "register", { value: register, configurable: true });
  return {
    get spoilt() {
      return spoilt;
    },
    [Symbol.dispose]: () => {
      Reflect.deleteProperty(completionPort, "register");
      for (const timer of waiting) clearTimeout(timer);
    },
  };
}
