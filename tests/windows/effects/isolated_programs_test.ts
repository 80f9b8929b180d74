/** Programs that need much, started with fewer rights. */
import "../../helpers/bound_kernel.ts";
import { assert, assertEquals } from "@std/assert";
import type { Isolation } from "../../../isolation/isolation.ts";
import { ISOLATION_PRESETS } from "../../../isolation/table.ts";
import { IsolationNotAppliedError } from "../../../mod.ts";
import { filePath } from "../../helpers/file_path.ts";
import { runIsolated } from "../../helpers/isolated_runs.ts";
import { CHILD } from "../../helpers/job_trials.ts";

const PROGRAM = new URL("../../helpers/demanding_program.ts", import.meta.url);

/** What a program that needs much is started without, each on its own where it may be refused. */
const WISHES: readonly Isolation[] = [
  {
    ...ISOLATION_PRESETS.user,
    environment: ["PATH", "*HOME*", "*PROFILE*", "*APPDATA*", "DENO_*"],
  },
  { integrity: "low", temp: "fresh" },
  { desktop: "private" },
  { mitigations: ["extension-points", "fonts", "no-remote-images", "strict-handles"] },
];

Deno.test("isolation: a Deno program with many files, pipes, a port and children works, or is refused", async () => {
  const ran: string[] = [];
  for (const wish of WISHES) {
    const args = ["run", "-A", "--no-check", "--no-config", filePath(PROGRAM), filePath(CHILD)];
    try {
      const { left, stdout } = await runIsolated(wish, args, { command: Deno.execPath() });
      assertEquals(JSON.parse(stdout), {
        files: 200,
        pipes: "through a pipe",
        port: "tcp",
        object: "signal 0",
      });
      assertEquals(left, []);
      ran.push(Object.keys(wish).join(" "));
    } catch (error) {
      // Never what this kernel can show.
      if (!(error instanceof IsolationNotAppliedError) || "protect" in wish) throw error;
    }
  }
  assert(ran.includes("admin privileges temp protect environment"), ran.join(", "));
});
