import "../../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { ERROR } from "../../../../ffi/constants.ts";
import { Win32Error } from "../../../../ffi/error.ts";
import { advapi32, kernel32, user32 } from "../../../../ffi/library.ts";
import { decodeWide, encodeWide } from "../../../../ffi/strings.ts";
import { IsolationNotAppliedError } from "../../../../isolation/errors.ts";
import { DesktopWork } from "../../../../isolation/rows/desktop.ts";
import { Descriptor } from "../../../../isolation/security.ts";
import { openOwnToken, readToken } from "../../../../isolation/token.ts";
import type { TokenFacts } from "../../../../isolation/token_facts.ts";
import type { Born, Draft } from "../../../../isolation/work.ts";
import { substituteFunction } from "../../../helpers/substituted_kernel.ts";
import { copyMemory } from "../../../../process/native_memory.ts";

function ownFacts(): TokenFacts {
  using token = openOwnToken();
  return readToken(token.value);
}

/** A system that keeps the rights of desktops, on a window station that is shown. */
function keepingRights(user: string, undo: DisposableStack): void {
  undo.use(substituteFunction(user32, "GetUserObjectSecurity", () => (_desktop, _parts, memory) => {
    using descriptor = new Descriptor(`D:P(A;;GA;;;${user})(A;;GA;;;SY)`);
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

Deno.test("desktop: a system that does not keep or report rights of desktops is refused, and nothing is left", () => {
  let open = 0;
  using _made = substituteFunction(user32, "CreateDesktopW", (real) => (...args) => {
    open++;
    return real(...args);
  });
  using _closed = substituteFunction(user32, "CloseDesktop", (real) => (desktop) => {
    open--;
    return real(desktop);
  });
  try {
    new DesktopWork(ownFacts(), { isLow: false })[Symbol.dispose]();
  } catch (error) {
    assert(error instanceof IsolationNotAppliedError, `${error}`);
    assertEquals([error.row, error.gate], ["desktop", "before the start"]);
  }
  assertEquals(open, 0);
});

Deno.test("desktop: an invisible session is refused before anything is created", () => {
  using _never = substituteFunction(user32, "CreateDesktopW", () => () => {
    throw new Error("called");
  });
  const facts = { ...ownFacts(), session: 0 };
  assertThrows(
    () => new DesktopWork(facts, { isLow: false }),
    IsolationNotAppliedError,
    "shows nothing",
  );
});

Deno.test("desktop: the process must have its name, and it is closed once", () => {
  using undo = new DisposableStack();
  const own = ownFacts();
  keepingRights(own.user, undo);
  const work = new DesktopWork(own, { isLow: false });
  const draft = {} as Draft;
  work.apply(draft);
  assert(/^[^\\]+\\jobbox-[0-9a-f-]{36}$/.test(draft.desktop!), draft.desktop);
  const born = (name: string): Born => ({ desktop: () => name } as unknown as Born);
  assertEquals(work.readBack(born(draft.desktop!)), draft.desktop);
  for (const name of ["", "WinSta0\\Default"]) {
    assertThrows(() => work.readBack(born(name)), IsolationNotAppliedError, "isolation.desktop");
  }
  assertEquals([work.tidy(), work.tidy()], [[], []]);
});

Deno.test("desktop: a name that is already taken is refused", () => {
  using undo = new DisposableStack();
  const own = ownFacts();
  keepingRights(own.user, undo);
  undo.use(substituteFunction(user32, "CreateDesktopW", (real) => (...args) => {
    const desktop = real(...args);
    kernel32.SetLastError(ERROR.ALREADY_EXISTS);
    return desktop;
  }));
  assertThrows(() => new DesktopWork(own, { isLow: false }), Win32Error, "ERROR_ALREADY_EXISTS");
});

Deno.test("desktop: for the level low it is created with that level", () => {
  using undo = new DisposableStack();
  const own = ownFacts();
  keepingRights(own.user, undo);
  const labels: boolean[] = [];
  undo.use(substituteFunction(
    advapi32,
    "ConvertStringSecurityDescriptorToSecurityDescriptorW",
    (real) => (text, ...rest) => {
      labels.push(decodeWide(text as Uint16Array).includes("S:(ML;;NW;;;LW)"));
      // Not every system reads a label.
      return real(encodeWide("D:P(A;;GA;;;SY)"), ...rest);
    },
  ));
  for (const isLow of [false, true]) {
    try {
      new DesktopWork(own, { isLow })[Symbol.dispose]();
    } catch (error) {
      assert(error instanceof IsolationNotAppliedError, `${error}`);
    }
  }
  assertEquals([labels.includes(true), labels[0]], [true, false]);
});
