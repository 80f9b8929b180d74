import "../../../helpers/bound_kernel.ts";
import { assert, assertEquals } from "@std/assert";
import { runChecks } from "../../../../cli/doctor/check.ts";
import { isolationChecks } from "../../../../cli/doctor/isolation_checks.ts";
import { ISOLATION_ROWS } from "../../../../isolation/table.ts";

/** What Wine only says yes to; a Windows that does so is found out too. */
const WINDOWS_ONLY = new Set(["integrity", "private-desktop", "mitigate", "container"]);

Deno.test("isolationChecks: one check for each row, and each restriction is either shown or refused", async () => {
  const results = await runChecks(isolationChecks());
  assertEquals(
    results.map(({ area, id }) => [area, `--${id}`]),
    ISOLATION_ROWS.map(({ option }) => ["isolation", option]),
  );
  for (const { detail, id, status } of results) {
    const allowed = WINDOWS_ONLY.has(id)
      ? ["works", "kept", "ineffective", "refused"]
      : ["works", "kept"];
    assert(allowed.includes(status), `${id} ${status}: ${detail}`);
  }
  const shown = results.filter(({ status }) => status === "works").map(({ id }) => id);
  assertEquals(["no-admin", "fresh-temp"].filter((id) => !shown.includes(id)), []);
});
