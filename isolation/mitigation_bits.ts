/**
 * Mitigations as the numbers that Windows uses. Pure.
 *
 * @module
 */
import { PROCESS_MITIGATION_POLICY } from "../ffi/constants.ts";
import type { Mitigation } from "./isolation.ts";

/** One mitigation. */
export interface MitigationBits {
  /** Its place among the bits of the attribute (`…_ALWAYS_ON` of winbase.h). */
  readonly shift: bigint;
  /** The policy that reports it. */
  readonly policy: number;
  /** The bits of the policy that are set then. */
  readonly flags: number;
}

/** Every mitigation. */
export const MITIGATION_BITS: { readonly [M in Mitigation]: MitigationBits } = {
  "strict-handles": {
    shift: 24n,
    policy: PROCESS_MITIGATION_POLICY.ProcessStrictHandleCheckPolicy,
    flags: 0b11,
  },
  "extension-points": {
    shift: 32n,
    policy: PROCESS_MITIGATION_POLICY.ProcessExtensionPointDisablePolicy,
    flags: 0b1,
  },
  fonts: { shift: 48n, policy: PROCESS_MITIGATION_POLICY.ProcessFontDisablePolicy, flags: 0b1 },
  "no-remote-images": {
    shift: 52n,
    policy: PROCESS_MITIGATION_POLICY.ProcessImageLoadPolicy,
    flags: 0b1,
  },
  "no-low-images": {
    shift: 56n,
    policy: PROCESS_MITIGATION_POLICY.ProcessImageLoadPolicy,
    flags: 0b10,
  },
  "prefer-system32": {
    shift: 60n,
    policy: PROCESS_MITIGATION_POLICY.ProcessImageLoadPolicy,
    flags: 0b100,
  },
};

/**
 * Writes mitigations as the value of the attribute.
 *
 * @param mitigations The mitigations.
 * @returns Eight bytes.
 */
export function mitigationValue(mitigations: readonly Mitigation[]): Uint8Array<ArrayBuffer> {
  let bits = 0n;
  for (const mitigation of mitigations) bits |= 1n << MITIGATION_BITS[mitigation].shift;
  return new Uint8Array(BigUint64Array.of(bits).buffer);
}
