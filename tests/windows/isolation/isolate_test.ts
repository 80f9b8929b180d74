import "../../helpers/bound_kernel.ts";
import { assert, assertEquals, AssertionError, assertThrows } from "@std/assert";
import { IsolationNotAppliedError } from "../../../isolation/errors.ts";
import { isolate, withRecipe } from "../../../isolation/isolate.ts";
import type { Isolation, IsolationName } from "../../../isolation/isolation.ts";
import { JobObject } from "../../../job/job_object.ts";
import { BIRTH } from "../../../ffi/constants.ts";
import { advapi32, kernel32, user32 } from "../../../ffi/library.ts";
import { ContainerSystem } from "../../helpers/container_system.ts";
import { CHILD } from "../../helpers/job_trials.ts";
import { ObedientSystem } from "../../helpers/obedient_system.ts";
import { failEachInTurn, type Failing, FAULT } from "../../helpers/failing_calls.ts";
import { inFolder } from "../../helpers/temporary_folder.ts";
import { assertNoHandleLeft } from "../../helpers/open_handles.ts";
import { assertDeviationIsSeen, passGates, temporaryNames } from "../../helpers/isolated_runs.ts";
import { substituteKernel } from "../../helpers/substituted_kernel.ts";

const START = { command: "x.exe", options: { env: { A: "1" }, args: ["2"] } };

/** The job is only looked at by `protect`. */
const PLACE = { job: { handle: 0n, name: undefined } };

Deno.test("isolate: the first gate starts nothing, and undoes everything", async () => {
  let started = 0;
  using _counting = substituteKernel("CreateProcessW", (real) => (...args) => {
    started++;
    return real(...args);
  });
  const before = temporaryNames();
  await assertNoHandleLeft(() => {
    using recipe = isolate({ admin: false, privileges: [], temp: "fresh" }, START, PLACE);
    assertEquals(temporaryNames().length, before.length + 1);
    const { options } = withRecipe(START, recipe);
    assertEquals([options.args, options.env?.["A"], options.clearEnv], [["2"], "1", false]);
    assert(options.env?.["TEMP"]?.includes("\\jobbox-"));
  });
  assertEquals([started, temporaryNames()], [0, before]);
});

Deno.test("isolate: a privilege that the system does not know is refused before anything is made", () => {
  const wish: Isolation = { privileges: ["SeNoSuchPrivilege"], temp: "fresh" };
  const before = temporaryNames();
  assertThrows(() => isolate(wish, START, PLACE), IsolationNotAppliedError, "SeNoSuchPrivilege");
  assertEquals(temporaryNames(), before);
});

Deno.test("isolate: a failure of the last restriction undoes the others", async () => {
  const before = temporaryNames();
  await assertNoHandleLeft(() => {
    using _fault = substituteKernel("GetTempPathW", () => () => 0);
    assertThrows(() => isolate({ privileges: [], temp: "fresh" }, START, PLACE));
  });
  assertEquals(temporaryNames(), before);
});

/** What only a system that keeps what it is told lets through the first two gates. */
const KEPT: readonly (readonly [IsolationName, Isolation])[] = [
  ["integrity", { admin: false, integrity: "low", temp: "fresh" }],
  ["desktop", { desktop: "private" }],
  ["mitigations", { mitigations: ["fonts", "no-low-images", "strict-handles"] }],
  ["container", { admin: false, privileges: [], container: { network: ["private"] } }],
];

/** Runs a test on a system that keeps what it is told. */
async function withObedience(
  body: (obedient: ObedientSystem, containers: ContainerSystem) => void | Promise<void>,
): Promise<void> {
  await inFolder(async (folder) => {
    using containers = new ContainerSystem(Deno.realPathSync(folder).replace(/^\\\\\?\\/, ""));
    using obedient = new ObedientSystem();
    await body(obedient, containers);
    assertEquals([obedient.desktops, [...containers.profiles]], [0, []]);
  });
}

Deno.test("isolate: each restriction passes if it is in force, and is noticed if it is left out (order only)", async () => {
  await withObedience(() => {
    for (const [row, wish] of KEPT) {
      passGates(wish);
      assertDeviationIsSeen(wish, row);
    }
  });
});

Deno.test("isolate: desktop and mitigations of a container, made for it (order only)", async () => {
  await withObedience(() => {
    passGates({ desktop: "private", mitigations: ["fonts"], container: {} });
    assertDeviationIsSeen({ desktop: "private", container: {} }, "desktop");
  });
});

Deno.test("isolate: a container of another kind than the requested one is detected (order only)", async () => {
  await withObedience(() => {
    const { PROC_THREAD_ATTRIBUTE_ALL_APPLICATION_PACKAGES_POLICY: policy } = BIRTH;
    using _dropped = substituteKernel(
      "UpdateProcThreadAttribute",
      (real) => (...args) => Number(args[2]) === policy ? 1 : real(...args),
    );
    const error = assertThrows(() => passGates({ container: {} }), IsolationNotAppliedError);
    assertEquals([error.gate, error.read], ["in the suspended process", "an ordinary container"]);
  });
});

const flag = (library: object, ...names: string[]): Failing[] =>
  names.map((name) => ({ library, name, gives: 0 }));

/** Restrictions, each with the calls of their start that fail, and how many of each. */
const FAILING: readonly (readonly [Isolation, readonly Failing[], times: number])[] = [
  [
    { admin: false, privileges: [], desktop: "private", mitigations: ["fonts"], container: {} },
    [
      ...flag(advapi32, "SetTokenInformation", "CreateProcessAsUserW", "CreateRestrictedToken"),
      ...flag(user32, "GetUserObjectSecurity"),
      { library: user32, name: "CreateDesktopW", gives: 0n },
      ...flag(kernel32, "UpdateProcThreadAttribute", "IsProcessInJob", "ReadProcessMemory"),
      ...flag(kernel32, "GetProcessMitigationPolicy"),
      { library: kernel32, name: "ResumeThread", gives: 0xffff_ffff },
    ],
    1,
  ],
  [
    { admin: false, integrity: "low", temp: "fresh" },
    [
      ...flag(advapi32, "CreateRestrictedToken", "SetTokenInformation", "CreateProcessAsUserW"),
      ...["SetSecurityInfo", "GetSecurityInfo"].map((name) => ({
        library: advapi32,
        name,
        gives: FAULT,
      })),
      ...flag(kernel32, "CreateDirectoryW", "ReadProcessMemory"),
    ],
    2,
  ],
];

Deno.test("isolate: each call fails in turn: no process, desktop, profile, folder or handle is left (order only)", async () => {
  await withObedience(async (obedient, containers) => {
    for (const [wish, functions, times] of FAILING) {
      // What is bound at the first use is not counted.
      passGates(wish);
      const folders = temporaryNames();
      const failed = await failEachInTurn(functions, {
        act: () => passGates(wish),
        check: (name, error) => {
          assert(error instanceof Error && !(error instanceof AssertionError), `${name}: ${error}`);
          assertEquals([obedient.desktops, [...containers.profiles], temporaryNames()], [
            0,
            [],
            folders,
          ], name);
        },
        late: true,
        times,
      });
      assertEquals(new Set(failed).size, functions.length, `${failed}`);
    }
  });
});

Deno.test("JobObject.spawn: the trial detects a container that the system only pretends, and removes it", async () => {
  await withObedience((_obedient, containers) => {
    using job = JobObject.create({ killOnClose: true });
    const start = { args: ["exit", "0"], isolation: { container: {} } };
    const error = assertThrows(() => job.spawn(CHILD, start), IsolationNotAppliedError);
    assertEquals([error.row, error.gate, error.read], [
      "container",
      "by a trial",
      "a folder of the user was written",
    ]);
    assertEquals([job.pids(), [...containers.profiles]], [[], []]);
  });
});
