/**
 * The restriction `desktop`: a private desktop.
 *
 * @module
 */
import { DESKTOP, ERROR, SECURITY } from "../../ffi/constants.ts";
import { check, outcome, Win32Error } from "../../ffi/error.ts";
import { kernel32, user32 } from "../../ffi/library.ts";
import { decodeWide, encodeWide } from "../../ffi/strings.ts";
import { struct } from "../../ffi/struct.ts";
import { STRUCTS } from "../../ffi/structs.ts";
import { NativeMemory } from "../../process/native_memory.ts";
import { IsolationNotAppliedError } from "../errors.ts";
import { Descriptor, securityText } from "../security.ts";
import type { TokenFacts } from "../token_facts.ts";
import type { Born, Draft, Work } from "../work.ts";

const ATTRIBUTES = struct(STRUCTS, "SECURITY_ATTRIBUTES");

/** Room for the name of a window station, in UTF-16 units. */
const NAME_MAX = 256;
/** Room for the rights of a desktop, in bytes. */
const RIGHTS_MAX = 4096;

/** Every right to a desktop. */
const ALL = DESKTOP.DESKTOP_READOBJECTS | DESKTOP.DESKTOP_CREATEWINDOW |
  DESKTOP.DESKTOP_WRITEOBJECTS;

/** `desktop: "private"` at work. */
export class DesktopWork implements Work {
  readonly row = "desktop";
  readonly asked: string;
  readonly #name: string;
  #handle: bigint;

  /**
   * Makes the desktop.
   *
   * @param own What our own token says.
   * @param user Whether a process of the level low must be able to use it, and the container that
   * must be.
   * @throws {IsolationNotAppliedError} If this session shows no windows, or the system keeps no
   * rights of desktops.
   * @throws {Win32Error} If it cannot be made.
   */
  constructor(
    own: TokenFacts,
    { container, isLow }: { readonly isLow: boolean; readonly container?: string | undefined },
  ) {
    const station = user32.GetProcessWindowStation();
    const stationName = objectName(station);
    this.#name = `jobbox-${crypto.randomUUID()}`;
    this.asked = `${stationName}\\${this.#name}`;
    if (own.session === 0 || !isVisible(station)) {
      this.#fail("before the start", `the window station ${stationName} shows nothing`);
    }
    // With a higher level than its own the process could not use it.
    const label = isLow ? "S:(ML;;NW;;;LW)" : "";
    const contained = container === undefined ? "" : `(A;;GA;;;${container})`;
    const sddl = `D:P(A;;GA;;;${own.user})(A;;GA;;;SY)${contained}${label}`;
    this.#handle = this.#create(sddl);
    try {
      const read = desktopRights(this.#handle);
      // A desktop that anyone may use is not private.
      const others = container === undefined ? "" : `\\(A;;[^;]*;;;${container}\\)`;
      const wanted = new RegExp(`^D:P?\\(A;;[^;]*;;;[^)]*\\)\\(A;;[^;]*;;;SY\\)${others}$`);
      if (!wanted.test(read)) {
        this.#fail("before the start", `rights ${read === "" ? "that nobody keeps" : read}`);
      }
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  #create(sddl: string): bigint {
    using descriptor = new Descriptor(sddl);
    const attributes = ATTRIBUTES.encode({
      nLength: ATTRIBUTES.size,
      lpSecurityDescriptor: descriptor.address,
      bInheritHandle: 0,
    });
    const action = `Cannot make the desktop ${this.#name}`;
    const name = encodeWide(this.#name, "a desktop's name");
    const { CreateDesktopW } = user32;
    kernel32.SetLastError(ERROR.SUCCESS);
    const handle = CreateDesktopW(name, null, null, 0, ALL, attributes);
    const code = outcome();
    if (handle === 0n) throw new Win32Error(code, "CreateDesktopW", action);
    // Somebody was there before.
    if (code === ERROR.ALREADY_EXISTS) {
      user32.CloseDesktop(handle);
      throw new Win32Error(code, "CreateDesktopW", action);
    }
    return handle;
  }

  apply(draft: Draft): void {
    draft.desktop = this.asked;
  }

  readBack(born: Born): string {
    const read = born.desktop();
    if (read === this.asked) return read;
    this.#fail("in the suspended process", read === "" ? "the caller's own" : read);
  }

  #fail(gate: IsolationNotAppliedError["gate"], read: string): never {
    const { asked, row } = this;
    throw new IsolationNotAppliedError({ row, gate, asked, read });
  }

  tidy(): string[] {
    const handle = this.#handle;
    this.#handle = 0n;
    if (handle === 0n || user32.CloseDesktop(handle)) return [];
    return [`Cannot close the desktop ${this.#name}`];
  }

  [Symbol.dispose](): void {
    this.tidy();
  }
}

/** The name of a window station. */
function objectName(handle: bigint): string {
  const units = new Uint16Array(NAME_MAX);
  check(
    user32.GetUserObjectInformationW(handle, DESKTOP.UOI_NAME, units, units.byteLength, null),
    "GetUserObjectInformationW",
    "Cannot name the window station",
  );
  return decodeWide(units);
}

/** Whether a window station is shown to somebody. */
function isVisible(station: bigint): boolean {
  // USEROBJECTFLAGS: two truth values and the flags.
  const memory = new Uint32Array(3);
  check(
    user32.GetUserObjectInformationW(station, DESKTOP.UOI_FLAGS, memory, memory.byteLength, null),
    "GetUserObjectInformationW",
    "Cannot look at the window station",
  );
  return (memory[2]! & DESKTOP.WSF_VISIBLE) !== 0;
}

/** Who may use a desktop, as text; empty where the system does not say. */
function desktopRights(desktop: bigint): string {
  const part = SECURITY.DACL_SECURITY_INFORMATION;
  const memory = new Uint8Array(RIGHTS_MAX);
  const needed = new Uint32Array(1);
  const parts = Uint32Array.of(part);
  const told = user32.GetUserObjectSecurity(desktop, parts, memory, memory.byteLength, needed);
  if (!told) return "";
  using copy = NativeMemory.of(memory);
  return securityText(copy.address, part);
}
