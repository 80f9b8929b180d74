import "../../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { IsolationNotAppliedError } from "../../../../isolation/errors.ts";
import { EnvironmentWork } from "../../../../isolation/rows/environment.ts";
import { UnsupportedPlatformError } from "../../../../ffi/unsupported_platform.ts";
import { ntdll } from "../../../../ffi/library.ts";
import type { Born } from "../../../../isolation/work.ts";
import { assertDeviationIsSeen, runIsolated } from "../../../helpers/isolated_runs.ts";
import { substituteFunction } from "../../../helpers/substituted_kernel.ts";

/** What is read of a process with these variables. */
function bornWith(names: readonly string[]): Born {
  return { environment: () => names.map((name) => [name, "x"]) } as unknown as Born;
}

Deno.test("environment: the command gets what is named and what is set, and no secret", async () => {
  Deno.env.set("JOBBOX_SECRET", "s");
  Deno.env.set("JOBBOX_KEEP_ONE", "1");
  Deno.env.set("Jobbox_Keep_Two", "2");
  try {
    const { stdout } = await runIsolated({ environment: ["JOBBOX_KEEP_*"] }, ["env"], {
      env: { JOBBOX_KEEP_TWO: "mine", OWN: "x" },
    });
    const lines = JSON.parse(stdout) as string[];
    const ours = lines.filter((line) => /^(jobbox|own)/i.test(line)).sort();
    assertEquals(ours, ["JOBBOX_KEEP_ONE=1", "JOBBOX_KEEP_TWO=mine", "OWN=x"]);
    assert(lines.some((line) => /^systemroot=/i.test(line)));
  } finally {
    for (const name of ["JOBBOX_SECRET", "JOBBOX_KEEP_ONE", "Jobbox_Keep_Two"]) {
      Deno.env.delete(name);
    }
  }
});

Deno.test("environment: the second gate names the variables that are too many", () => {
  Deno.env.set("JOBBOX_SECRET", "s");
  try {
    assertDeviationIsSeen({ environment: ["PATH"] }, "environment");
  } finally {
    Deno.env.delete("JOBBOX_SECRET");
  }
});

Deno.test("environment: a variable that is missing is refused too", () => {
  const work = new EnvironmentWork([["PATH", "x"], ["KEEP", "1"]], {
    given: {},
    patterns: ["KEEP"],
  });
  assertEquals(work.readBack(bornWith(["Path", "keep", "=C:"])), "exactly those 2");
  assertThrows(() => work.readBack(bornWith(["PATH"])), IsolationNotAppliedError, "without KEEP");
  const more = Array.from({ length: 12 }, (_, at) => `S${at}`);
  assertThrows(
    () => work.readBack(bornWith(["PATH", "KEEP", ...more])),
    IsolationNotAppliedError,
    "and 2 more",
  );
});

Deno.test("environment: without Wine, a variable with a name of Wine's is refused", () => {
  const work = new EnvironmentWork([["KEEP", "1"]], { given: {}, patterns: ["KEEP"] });
  const names = ["KEEP", "WINESECRET"];
  using _wine = substituteFunction(ntdll, "wine_get_version", () => () => 1n);
  assertEquals(work.readBack(bornWith(names)), "exactly those 1");
  using _windows = substituteFunction(ntdll, "wine_get_version", () => () => {
    throw new UnsupportedPlatformError("ntdll.dll has no wine_get_version");
  });
  assertThrows(() => work.readBack(bornWith(names)), IsolationNotAppliedError, "also WINESECRET");
});
