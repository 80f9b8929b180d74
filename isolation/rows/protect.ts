/**
 * The restriction `protect`: this program and the job are closed against the process.
 *
 * Theory of operation. The owner of an object may rewrite its access list, and the process has the
 * same user as this program. If this program is an administrator, the group of administrators becomes
 * the owner, which only denies in the process. Otherwise the list names the owner's rights (OWNER
 * RIGHTS) and allows only reading the list. The default rights of an administrator's token do both, so
 * that threads that start later are closed too. The trial uses the suspended process's own token: with
 * it this program, its threads, the job and, if this program is an administrator, a thread made for the
 * trial are opened for each right that could do harm.
 *
 * @module
 */
import {
  ACCESS,
  ERROR,
  JOB_OBJECT_ACCESS,
  PROCESS,
  PROCESS_ACCESS,
  SECURITY,
  THREAD,
} from "../../ffi/constants.ts";
import { check, errorSymbol, failure } from "../../ffi/error.ts";
import { OwnedHandle } from "../../ffi/handle.ts";
import { advapi32, kernel32 } from "../../ffi/library.ts";
import { encodeWide } from "../../ffi/strings.ts";
import { IsolationNotAppliedError } from "../errors.ts";
import { readSecurity, type Secured, setSecurity } from "../security.ts";
import { SID } from "../sid.ts";
import { NewThread, secureOwnThreads, threadsOf } from "../threads.ts";
import { openOwnToken, setDefaultRights } from "../token.ts";
import type { TokenFacts } from "../token_facts.ts";
import type { Born, Draft, ProtectedJob, Work } from "../work.ts";
import { isAdministrator } from "./admin.ts";

const ASKED = "jobbox and the job cannot be opened";

const FOR_ADMINISTRATORS = "(A;;GA;;;BA)(A;;GA;;;SY)";

/** An owner may read the list only. */
const CLOSED_TO_OWNERS = `(A;;RC;;;${SID.ownerRights})${FOR_ADMINISTRATORS}`;

/** Rights to a process that could harm it or give its own rights away. */
const PROCESS_RIGHTS = {
  TERMINATE: PROCESS.TERMINATE,
  WRITE_DAC: ACCESS.WRITE_DAC,
  QUERY_INFORMATION: PROCESS.QUERY_INFORMATION,
  CREATE_PROCESS: PROCESS.CREATE_PROCESS,
  DUP_HANDLE: PROCESS.DUP_HANDLE,
  VM_WRITE: PROCESS_ACCESS.PROCESS_VM_WRITE,
} as const;

const JOB_RIGHTS = {
  SET_ATTRIBUTES: JOB_OBJECT_ACCESS.SET_ATTRIBUTES,
  TERMINATE: JOB_OBJECT_ACCESS.TERMINATE,
  QUERY: JOB_OBJECT_ACCESS.QUERY,
  WRITE_DAC: ACCESS.WRITE_DAC,
} as const;

const THREAD_RIGHTS = {
  TERMINATE: THREAD.THREAD_TERMINATE,
  SUSPEND_RESUME: THREAD.THREAD_SUSPEND_RESUME,
  SET_CONTEXT: THREAD.THREAD_SET_CONTEXT,
  WRITE_DAC: ACCESS.WRITE_DAC,
} as const;

/** The result of opening something: an error code of Windows, 0 for success. */
type Attempt = (rights: number) => number;

/** The restriction `protect`. */
export class ProtectWork implements Work {
  readonly row = "protect";
  readonly asked = ASKED;
  readonly #isOwner: boolean;
  readonly #job: ProtectedJob;

  /**
   * @param own The facts about our own token.
   * @param job The job.
   */
  constructor(own: TokenFacts, job: ProtectedJob) {
    this.#isOwner = isAdministrator(own);
    this.#job = job;
  }

  apply(_draft: Draft): void {
    const { parts, sddl } = this.#rights;
    for (const object of this.#objects()) setSecurity(object, sddl, parts);
    // New objects first, so that no thread is missed in between. Without the rights of
    // administrators this program would be closed to itself.
    if (this.#isOwner) {
      using token = openOwnToken();
      setDefaultRights(token.value, `D:${CLOSED_TO_OWNERS}`);
    }
    secureOwnThreads(sddl, parts);
  }

  get #rights(): { readonly sddl: string; readonly parts: number } {
    const sddl = this.#isOwner
      ? `O:${SID.administrators}D:P${FOR_ADMINISTRATORS}`
      : `D:P${CLOSED_TO_OWNERS}`;
    const parts = SECURITY.DACL_SECURITY_INFORMATION |
      SECURITY.PROTECTED_DACL_SECURITY_INFORMATION |
      (this.#isOwner ? SECURITY.OWNER_SECURITY_INFORMATION : 0);
    return { sddl, parts: parts >>> 0 };
  }

  readBack(born: Born): string {
    const read = this.#objects().map((object) =>
      readSecurity(object, SECURITY.DACL_SECURITY_INFORMATION)
    );
    this.#attempt(born);
    return read.join(", ");
  }

  /** Tries with the process's own token what must fail, and what must work. */
  #attempt({ pid, tokenHandle }: Born): void {
    const ownPid = kernel32.GetCurrentProcessId();
    const { name } = this.#job;
    const wide = name === undefined ? undefined : encodeWide(name, "a job's name");
    const { parts, sddl } = this.#rights;
    // The threads of a program that is no administrator start open: those that came since are closed
    // here, and later ones cannot be.
    const threads = this.#isOwner ? threadsOf(ownPid) : secureOwnThreads(sddl, parts);
    using later = this.#isOwner ? new NewThread() : undefined;
    const tries: [what: string, rights: Readonly<Record<string, number>>, Attempt][] = [
      ["jobbox", PROCESS_RIGHTS, (rights) => opened(kernel32.OpenProcess(rights, 0, ownPid))],
      ...wide === undefined ? [] : [
        [
          "the job",
          JOB_RIGHTS,
          (rights) => opened(kernel32.OpenJobObjectW(rights, 0, wide)),
        ] satisfies [string, typeof JOB_RIGHTS, Attempt],
      ],
      ...later === undefined ? [] : [
        [
          "a thread that starts later",
          THREAD_RIGHTS,
          (rights) => opened(kernel32.OpenThread(rights, 0, later.id)),
        ] satisfies [string, typeof THREAD_RIGHTS, Attempt],
      ],
    ];
    const [theirs] = threadsOf(pid);
    // Bound first: a DLL would otherwise be loaded with the other token.
    opened(kernel32.OpenProcess(PROCESS.QUERY_LIMITED_INFORMATION, 0, pid));
    void [kernel32.OpenJobObjectW, kernel32.OpenThread, advapi32.RevertToSelf];
    const seen: [text: string, code: number][] = [];
    const control = asToken(tokenHandle, () => {
      for (const [what, rights, attempt] of tries) {
        for (const [right, mask] of Object.entries(rights)) {
          seen.push([`${what} for ${right}`, attempt(mask)]);
        }
      }
      for (const thread of threads) {
        for (const [right, mask] of Object.entries(THREAD_RIGHTS)) {
          const code = opened(kernel32.OpenThread(mask, 0, thread));
          // It has ended in the meantime.
          if (code !== ERROR.INVALID_PARAMETER) {
            seen.push([`a thread of jobbox for ${right}`, code]);
          }
        }
      }
      const process = opened(kernel32.OpenProcess(PROCESS.TERMINATE, 0, pid));
      return process === ERROR.SUCCESS
        ? opened(kernel32.OpenThread(THREAD.THREAD_TERMINATE, 0, theirs ?? 0))
        : process;
    });
    const wrong = seen.find(([, code]) => code !== ERROR.ACCESS_DENIED);
    if (wrong !== undefined) {
      const [text, code] = wrong;
      this.#fail(code === ERROR.SUCCESS ? `it opens ${text}` : `${text}: ${errorSymbol(code)}`);
    }
    if (control !== ERROR.SUCCESS) {
      this.#fail(
        `with its token it cannot open itself (${errorSymbol(control)}), so that a ` +
          "refusal shows nothing",
      );
    }
  }

  #objects(): Secured[] {
    const kind = SECURITY.SE_KERNEL_OBJECT;
    return [
      { handle: kernel32.GetCurrentProcess(), kind, what: "this program" },
      ...this.#job.name === undefined
        ? []
        : [{ handle: this.#job.handle, kind, what: "the job" } satisfies Secured],
    ];
  }

  #fail(read: string): never {
    const { asked, row } = this;
    throw new IsolationNotAppliedError({ row, gate: "in the suspended process", asked, read });
  }

  [Symbol.dispose](): void {}
}

/** The code of an attempt to open something, which is closed again. */
function opened(handle: bigint): number {
  const code = failure(handle);
  if (code === ERROR.SUCCESS) new OwnedHandle(handle, "a trial's handle").close();
  return code;
}

/** Runs a function with another token instead of this thread's own. */
function asToken<T>(token: bigint, act: () => T): T {
  const action = "Cannot use the token of the process";
  check(advapi32.ImpersonateLoggedOnUser(token), "ImpersonateLoggedOnUser", action);
  try {
    return act();
  } finally {
    check(advapi32.RevertToSelf(), "RevertToSelf", "Cannot take our own token back");
  }
}
