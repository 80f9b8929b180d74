/**
 * A system that keeps what it is told of levels, containers, desktops and mitigations, and enforces
 * nothing: for tests of the order of calls, and of gates that must say no.
 */
import { BIRTH, SECURITY, TOKEN_INFORMATION_CLASS } from "../../ffi/constants.ts";
import { advapi32, kernel32, ntdll, user32 } from "../../ffi/library.ts";
import { decodeWide } from "../../ffi/strings.ts";
import { sidAtAddress } from "../../isolation/folder_rights.ts";
import { MITIGATION_BITS } from "../../isolation/mitigation_bits.ts";
import { Descriptor, securityText } from "../../isolation/security.ts";
import { SID, sidBytes } from "../../isolation/sid.ts";
import { copyMemory } from "../../process/native_memory.ts";
import { DescriptorTexts } from "./descriptor_texts.ts";
import { substituteFunction, substituteKernel } from "./substituted_kernel.ts";

/** What a process is told to be born with. */
interface Told {
  level?: string | undefined;
  container?: string;
  capabilities: string[];
  isLess: boolean;
  mitigations: bigint;
}

const nothing = (): Told => ({ capabilities: [], isLess: false, mitigations: 0n });

const LABEL_ATTRIBUTES = 0x60;
const PARSE = "ConvertStringSecurityDescriptorToSecurityDescriptorW";
const CLAIM = "WIN://NOALLAPPPKG";

/** Writes to an address. */
function write(address: bigint, bytes: Uint8Array<ArrayBuffer>): void {
  kernel32.RtlMoveMemory$write(address, bytes, BigInt(bytes.byteLength));
}

function words(...values: readonly bigint[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(BigUint64Array.from(values).buffer);
}

/** The bytes of the attributes of a token that has the claim. */
function claims(base: bigint, isLess: boolean): Uint8Array<ArrayBuffer> {
  const memory = new DataView(new ArrayBuffer(128));
  memory.setUint16(0, 1, true);
  memory.setUint32(4, isLess ? 1 : 0, true);
  memory.setBigUint64(8, base + 16n, true);
  memory.setUint16(16, 2 * CLAIM.length, true);
  memory.setUint16(18, 2 * CLAIM.length, true);
  memory.setBigUint64(24, base + 64n, true);
  memory.setUint16(32, 2, true);
  memory.setUint32(40, 1, true);
  memory.setBigUint64(48, base + 56n, true);
  memory.setBigUint64(56, 1n, true);
  for (let at = 0; at < CLAIM.length; at++) {
    memory.setUint16(64 + 2 * at, CLAIM.charCodeAt(at), true);
  }
  return new Uint8Array(memory.buffer);
}

/**
 * Makes the system keep the rights of desktops, on a window station that is visible.
 *
 * @param undo Restores the real functions.
 * @param rights Returns the rights of every desktop, as SDDL.
 */
export function keepDesktopRights(undo: DisposableStack, rights: () => string): void {
  undo.use(substituteFunction(user32, "GetUserObjectSecurity", () => (_desktop, _parts, memory) => {
    using descriptor = new Descriptor(rights());
    (memory as Uint8Array).set(new Uint8Array(copyMemory(descriptor.address, 200).buffer));
    return 1;
  }));
  undo.use(substituteFunction(
    user32,
    "GetUserObjectInformationW",
    (real) => (object, index, memory, length, needed) => {
      if (index !== 1) return real(object, index, memory, length, needed);
      (memory as Uint32Array)[2] = 1;
      return 1;
    },
  ));
}

/** The system, until it is disposed of. */
export class ObedientSystem implements Disposable {
  /** Desktops that are open. */
  desktops = 0;
  readonly #undo = new DisposableStack();
  /** What is said of a token. */
  readonly #tokens = new Map<bigint, Told>();
  #list = nothing();
  #born = nothing();
  #rights = "";
  /** The descriptor that was made of a text last. */
  #given = "";

  constructor() {
    this.#birth();
    this.#token();
    this.#desktop();
    this.#labels();
  }

  #birth(): void {
    const use = this.#undo.use.bind(this.#undo);
    use(substituteKernel("InitializeProcThreadAttributeList", (real) => (...args) => {
      this.#list = nothing();
      return real(...args);
    }));
    use(
      substituteKernel(
        "UpdateProcThreadAttribute",
        (real) => (list, flags, name, value, ...rest) => {
          const bytes = value as Uint8Array;
          const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
          switch (Number(name)) {
            case BIRTH.PROC_THREAD_ATTRIBUTE_MITIGATION_POLICY:
              this.#list.mitigations = view.getBigUint64(0, true);
              return 1;
            case BIRTH.PROC_THREAD_ATTRIBUTE_SECURITY_CAPABILITIES: {
              this.#list.container = sidAtAddress(view.getBigUint64(0, true));
              const entries = copyMemory(view.getBigUint64(8, true), 16 * view.getUint32(16, true));
              for (let at = 0; at < entries.byteLength; at += 16) {
                this.#list.capabilities.push(sidAtAddress(entries.getBigUint64(at, true)));
              }
              return 1;
            }
            case BIRTH.PROC_THREAD_ATTRIBUTE_ALL_APPLICATION_PACKAGES_POLICY:
              this.#list.isLess = view.getUint32(0, true) === 1;
              return 1;
            default:
              return real(list, flags, name, value, ...rest);
          }
        },
      ),
    );
    use(substituteFunction(advapi32, "CreateProcessAsUserW", (real) => (token, ...rest) => {
      this.#born = { ...this.#list, level: this.#tokens.get(token)?.level };
      return real(token, ...rest);
    }));
    use(substituteKernel("GetProcessMitigationPolicy", () => (_process, policy, memory) => {
      const on = Object.values(MITIGATION_BITS).filter((bits) =>
        bits.policy === policy && (this.#born.mitigations >> bits.shift & 1n) === 1n
      );
      (memory as Uint32Array)[0] = on.reduce((flags, bits) => flags | bits.flags, 0);
      return 1;
    }));
  }

  #token(): void {
    const use = this.#undo.use.bind(this.#undo);
    use(substituteFunction(advapi32, "OpenProcessToken", (real) => (process, rights, memory) => {
      const result = real(process, rights, memory);
      const token = (memory as BigUint64Array)[0]!;
      const isOwn = process === kernel32.GetCurrentProcess();
      this.#tokens.set(token, isOwn ? nothing() : this.#born);
      return result;
    }));
    use(substituteFunction(advapi32, "CreateRestrictedToken", (real) => (...args) => {
      const result = real(...args);
      this.#tokens.set((args.at(-1) as BigUint64Array)[0]!, nothing());
      return result;
    }));
    use(
      substituteFunction(
        advapi32,
        "SetTokenInformation",
        (real) => (token, name, value, ...rest) => {
          if (name !== TOKEN_INFORMATION_CLASS.TokenIntegrityLevel) {
            return real(token, name, value, ...rest);
          }
          const level = sidAtAddress((value as DataView).getBigUint64(0, true));
          this.#tokens.set(token, { ...nothing(), level });
          return 1;
        },
      ),
    );
    use(
      substituteFunction(advapi32, "GetTokenInformation", (real) => (token, name, at, ...rest) => {
        const told = this.#tokens.get(token) ?? nothing();
        const { container, capabilities } = told;
        const level = container === undefined ? told.level : SID.low;
        switch (name) {
          case TOKEN_INFORMATION_CLASS.TokenIntegrityLevel:
            if (level === undefined) break;
            write(at, words(at + 16n, BigInt(LABEL_ATTRIBUTES)));
            write(at + 16n, sidBytes(level));
            return 1;
          case TOKEN_INFORMATION_CLASS.TokenIsAppContainer:
            write(at, words(container === undefined ? 0n : 1n));
            return 1;
          case TOKEN_INFORMATION_CLASS.TokenAppContainerSid:
            if (container === undefined) break;
            write(at, words(at + 8n));
            write(at + 8n, sidBytes(container));
            return 1;
          case TOKEN_INFORMATION_CLASS.TokenCapabilities: {
            const start = at + 8n + BigInt(16 * capabilities.length);
            const places = capabilities.map((_, index) => start + BigInt(64 * index));
            write(
              at,
              words(BigInt(capabilities.length), ...places.flatMap((place) => [place, 4n])),
            );
            for (const [index, sid] of capabilities.entries()) write(places[index]!, sidBytes(sid));
            return 1;
          }
        }
        return real(token, name, at, ...rest);
      }),
    );
    use(substituteFunction(ntdll, "NtQueryInformationToken", () => (token, _name, at) => {
      write(at, claims(at, this.#tokens.get(token)?.isLess === true));
      return 0;
    }));
  }

  #desktop(): void {
    const use = this.#undo.use.bind(this.#undo);
    use(substituteFunction(user32, "CreateDesktopW", (real) => (...args) => {
      const handle = real(...args);
      const descriptor = (args.at(-1) as DataView).getBigUint64(8, true);
      this.#rights = securityText(descriptor, 4);
      if (handle !== 0n) this.desktops++;
      return handle;
    }));
    use(substituteFunction(user32, "CloseDesktop", (real) => (desktop) => {
      const result = real(desktop);
      if (result !== 0) this.desktops--;
      return result;
    }));
    keepDesktopRights(this.#undo, () => this.#rights);
  }

  /** Labels of folders: the one that was set last is read back. */
  #labels(): void {
    const use = this.#undo.use.bind(this.#undo);
    let label = "";
    const texts = use(new DescriptorTexts());
    use(
      substituteFunction(advapi32, "SetSecurityInfo", (real) => (handle, kind, parts, ...rest) => {
        if (parts !== SECURITY.LABEL_SECURITY_INFORMATION) {
          return real(handle, kind, parts, ...rest);
        }
        label = this.#given;
        return 0;
      }),
    );
    use(
      substituteFunction(advapi32, "GetSecurityInfo", (real) => (handle, kind, parts, ...rest) => {
        if (parts !== SECURITY.LABEL_SECURITY_INFORMATION) {
          return real(handle, kind, parts, ...rest);
        }
        texts.give(rest.at(-1) as BigUint64Array<ArrayBuffer>, label);
        return 0;
      }),
    );
    use(substituteFunction(advapi32, PARSE, (real) => (text, ...rest) => {
      this.#given = decodeWide(text as Uint16Array);
      return real(text, ...rest);
    }));
  }

  /** Puts the real system back. */
  [Symbol.dispose](): void {
    this.#undo.dispose();
  }
}
