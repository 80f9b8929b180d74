import "../../../helpers/bound_kernel.ts";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { UnsupportedPlatformError } from "../../../../ffi/unsupported_platform.ts";
import { LimitNotAppliedError } from "../../../../job/errors.ts";
import { JobObject } from "../../../../job/job_object.ts";
import { LIMIT_NAMES, type LimitName } from "../../../../job/limits/table.ts";
import { LIMITS_SHOWN_BY } from "../../../../tools/docs/shown_by.ts";
import { randomLimit } from "../../../helpers/limit_values.ts";
import { Random } from "../../../helpers/random.ts";
import { MACHINE } from "../../../../job/machine.ts";

/** What Wine has of itself. */
const HONOURED: readonly LimitName[] = ["killOnClose", "breakaway", "silentBreakaway"];

/** What Wine refuses; it accepts and drops all others. */
const REFUSED: readonly LimitName[] = [
  "endOfJobTime",
  "groupAffinity",
  "cpu",
  "netBandwidth",
  "dscp",
  "ioBandwidth",
  "ioIops",
];

Deno.test("setLimits: what Wine has is set and read, although Wine reports nothing back", () => {
  using job = JobObject.create();
  job.setLimits({ killOnClose: true });
  assertEquals(job.limits(), { killOnClose: true });
  job.setLimits({ breakaway: true, silentBreakaway: true });
  assertEquals(job.limits(), { killOnClose: true, breakaway: true, silentBreakaway: true });
  job.setLimits({ killOnClose: false, breakaway: null });
  assertEquals(job.limits(), { silentBreakaway: true });
});

Deno.test("setLimits: every limit that Wine accepts and drops is a LimitNotAppliedError", () => {
  const random = new Random(1);
  for (const name of LIMIT_NAMES) {
    if (HONOURED.includes(name) || REFUSED.includes(name)) continue;
    using job = JobObject.create({ killOnClose: true });
    const value = randomLimit(name, random, MACHINE);
    const more = name === "subsetAffinity" ? { affinity: 1n } : {};
    const error = assertThrows(
      () => job.setLimits({ ...more, breakaway: true, [name]: value }),
      LimitNotAppliedError,
    );
    assertEquals(error.limit, name === "subsetAffinity" ? "affinity" : name);
    assert(error.wanted !== undefined, name);
    assertEquals(error.found, undefined);
    assertStringIncludes(error.message, `Cannot set ${error.limit} of a job: the system accepted `);
    // The one that was set beside it is taken back too.
    assertEquals(job.limits(), { killOnClose: true }, name);
  }
});

Deno.test("setLimits: every limit that Wine refuses is an UnsupportedPlatformError that names the class", () => {
  const random = new Random(2);
  for (const name of REFUSED) {
    using job = JobObject.create({ killOnClose: true });
    const value = randomLimit(name, random, MACHINE);
    const error = assertThrows(
      () => job.setLimits({ breakaway: true, [name]: value }),
      UnsupportedPlatformError,
    );
    assertStringIncludes(error.message, `Cannot set ${name} of a job: this system does not have `);
    assert(/JobObject/.test(error.message.split("have ")[1]!), error.message);
    assertEquals(job.limits(), { killOnClose: true }, name);
  }
});

Deno.test("setLimits: a limit that the system lacks is removed without an error", () => {
  using job = JobObject.create({ killOnClose: true });
  job.setLimits(Object.fromEntries(
    LIMIT_NAMES.filter((name) => name !== "killOnClose").map((name) => [name, null]),
  ));
  assertEquals(job.limits(), { killOnClose: true });
});

Deno.test("JobObject.create: no job is left if its limits are not in force", () => {
  assertThrows(
    () => JobObject.create({ killOnClose: true, limits: { jobMemory: 2 ** 26 } }),
    LimitNotAppliedError,
  );
});

Deno.test("LIMITS_SHOWN_BY: Wine has the limits that the docs mark as shown by real Wine", () => {
  const wine = LIMIT_NAMES.filter((name) => LIMITS_SHOWN_BY[name] === "real Wine");
  assertEquals(wine.toSorted(), HONOURED.toSorted());
});

Deno.test("setFrozen: Wine lacks it, which is an UnsupportedPlatformError", () => {
  using job = JobObject.create();
  const error = assertThrows(() => job.freeze(), UnsupportedPlatformError);
  assertInstanceOf(error.cause, Error);
  assertStringIncludes(error.message, "JobObjectFreezeInformation");
});
