import "../../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { ERROR } from "../../../../ffi/constants.ts";
import { Win32Error } from "../../../../ffi/error.ts";
import { advapi32, kernel32, user32 } from "../../../../ffi/library.ts";
import { decodeWide, encodeWide } from "../../../../ffi/strings.ts";
import { IsolationNotAppliedError } from "../../../../isolation/errors.ts";
import { DesktopWork } from "../../../../isolation/rows/desktop.ts";
import { openOwnToken, readToken } from "../../../../isolation/token.ts";
import type { TokenFacts } from "../../../../isolation/token_facts.ts";
import type { Born, Draft } from "../../../../isolation/work.ts";
import { keepDesktopRights } from "../../../helpers/obedient_system.ts";
import { substituteFunction } from "../../../helpers/substituted_kernel.ts";

function ownFacts(): TokenFacts {
  using token = openOwnToken();
  return readToken(token.value);
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
  keepDesktopRights(undo, () => `D:P(A;;GA;;;${own.user})(A;;GA;;;SY)`);
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
  keepDesktopRights(undo, () => `D:P(A;;GA;;;${own.user})(A;;GA;;;SY)`);
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
  keepDesktopRights(undo, () => `D:P(A;;GA;;;${own.user})(A;;GA;;;SY)`);
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
