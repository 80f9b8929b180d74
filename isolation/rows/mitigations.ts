/**
 * The restriction `mitigations`: process mitigation policies of Windows that keep other code out.
 *
 * @module
 */
import { BIRTH } from "../../ffi/constants.ts";
import { errorSymbol, failure } from "../../ffi/error.ts";
import { kernel32 } from "../../ffi/library.ts";
import { IsolationNotAppliedError } from "../errors.ts";
import type { Mitigation } from "../isolation.ts";
import { MITIGATION_BITS, mitigationValue } from "../mitigation_bits.ts";
import type { Born, Draft, Work } from "../work.ts";

/** A value that is never a real result: a system may succeed and write nothing. */
const SENTINEL = 0xdead_beef;

/** The restriction `mitigations`. */
export class MitigationsWork implements Work {
  readonly row = "mitigations";
  readonly asked: string;
  readonly #wanted: readonly Mitigation[];

  /** @param wanted The mitigations. */
  constructor(wanted: readonly Mitigation[]) {
    this.#wanted = wanted;
    this.asked = wanted.join(", ");
  }

  apply(draft: Draft): void {
    const attribute = BIRTH.PROC_THREAD_ATTRIBUTE_MITIGATION_POLICY;
    draft.attributes.push([attribute, mitigationValue(this.#wanted)]);
  }

  readBack({ process }: Born): string {
    for (const mitigation of this.#wanted) {
      const { flags, policy } = MITIGATION_BITS[mitigation];
      const memory = Uint32Array.of(SENTINEL);
      const { byteLength } = memory;
      const code = failure(
        kernel32.GetProcessMitigationPolicy(process, policy, memory, BigInt(byteLength)),
      );
      if (code !== 0) this.#fail(`${mitigation}: ${errorSymbol(code)}`);
      const read = memory[0]!;
      if (read === SENTINEL) this.#fail(`${mitigation}: the system reports success but no value`);
      if ((read & flags) !== flags) this.#fail(`${mitigation}: it is off`);
    }
    return this.asked;
  }

  #fail(read: string): never {
    const { asked, row } = this;
    throw new IsolationNotAppliedError({ row, gate: "in the suspended process", asked, read });
  }

  [Symbol.dispose](): void {}
}
