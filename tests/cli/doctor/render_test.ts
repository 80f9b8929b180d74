import { assert, assertEquals, assertFalse } from "@std/assert";
import type { CheckResult } from "../../../cli/doctor/check.ts";
import {
  doctorReport,
  missingOf,
  renderConclusion,
  renderHeading,
  renderRow,
} from "../../../cli/doctor/render.ts";

const MEMORY: CheckResult = {
  id: "memory",
  area: "limits",
  title: "Memory",
  status: "ineffective",
  detail: "exceeding it is reported, but the memory is granted anyway",
  advice: "use --on-limit kill",
};
const COUNT: CheckResult = {
  id: "processes",
  area: "limits",
  title: "Processes",
  status: "works",
  detail: "seen",
};

Deno.test("renderRow shows status, name, what was seen and what to do", () => {
  assertEquals(
    renderRow(MEMORY, { colour: false, columns: 120 }),
    [
      "  no effect  memory                      exceeding it is reported, but the memory is granted anyway\n",
      `${" ".repeat(41)}advice: use --on-limit kill\n`,
    ].join(""),
  );
});

Deno.test("renderRow stays within the terminal's width unless a single word is wider", () => {
  for (const line of renderRow(MEMORY, { colour: false, columns: 80 }).split("\n")) {
    assert(line.length < 80, line);
  }
});

Deno.test("renderRow colours only the status, and only if asked to", () => {
  const row = renderRow(COUNT, { colour: true, columns: 80 });
  assertEquals(row, "  \x1b[32mok         \x1b[39mprocesses                   seen\n");
  assertFalse(renderRow(COUNT, { colour: false, columns: 80 }).includes("\x1b"));
});

Deno.test("renderHeading distinguishes the parts of the table", () => {
  const areas = ["job", "limits", "soft limits", "host"] as const;
  assertEquals(new Set(areas.map(renderHeading)).size, areas.length);
});

Deno.test("missingOf lists what was named but neither works nor is accepted, or was not checked", () => {
  assertEquals(missingOf([MEMORY, COUNT], ["processes", "memory", "ui"]), ["memory", "ui"]);
  assertEquals(missingOf([{ ...MEMORY, status: "kept" }], ["memory"]), []);
});

Deno.test("renderConclusion covers only the names that were given", () => {
  assertEquals(renderConclusion([MEMORY, COUNT], ["memory"]), "\nMissing: memory.\n");
  assertEquals(
    renderConclusion([COUNT], ["processes"]),
    "\nEverything named by --need works.\n",
  );
  assertEquals(
    renderConclusion([MEMORY, COUNT], undefined),
    "\nThis system enforces some limits and not others: see the table.\n",
  );
});

Deno.test("doctorReport lists what is missing only if something was named", () => {
  const free = doctorReport([MEMORY], {
    host: { windows: "10.0.1", processors: 2 },
    version: "1.2.3",
    needed: undefined,
  });
  assertEquals(free, {
    schema: "urn:jobbox:doctor:1",
    version: 1,
    tool: { name: "jobbox", version: "1.2.3" },
    host: { windows: "10.0.1", processors: 2 },
    conclusion: "notEnforced",
    checks: [MEMORY],
  });
  const asked = doctorReport([MEMORY], {
    host: { processors: 1 },
    version: "1",
    needed: ["memory"],
  });
  assertEquals(asked.missing, ["memory"]);
});

Deno.test("renderConclusion does not count accepted limits as working", () => {
  assertEquals(
    renderConclusion([{ ...MEMORY, status: "kept" }, COUNT], ["memory", "processes"]),
    "\nAccepted, but the effect is not tested here: memory.\n",
  );
});
