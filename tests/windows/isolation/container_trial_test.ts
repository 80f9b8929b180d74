import "../../helpers/bound_kernel.ts";
import { assert, assertEquals } from "@std/assert";
import { containerSid } from "../../../isolation/capabilities.ts";
import { type TrialResult, tryContainer } from "../../../isolation/container_trial.ts";
import type { TrialRoom } from "../../../isolation/work.ts";
import { ContainerSystem } from "../../helpers/container_system.ts";
import { temporaryNames } from "../../helpers/isolated_runs.ts";
import { inFolder } from "../../helpers/temporary_folder.ts";

const SID = containerSid("x");

/** What a program of the trial does, as a container would let it. */
interface Doing {
  /** Which of the four parts are done. */
  readonly parts: readonly ("read" | "copied" | "closed" | "open")[];
  /** What is copied from the closed folder. */
  readonly copy?: string;
  /** Whether it connects, and how it ends. */
  readonly connects?: boolean;
  readonly code?: number;
}

const FITTING: Doing = { parts: ["read", "copied", "open"], code: 7 };

/** A room in which a container is played. */
function room({ code = 0, connects = false, copy = "", parts }: Doing): TrialRoom {
  return {
    left: [],
    run: (name, args) => {
      if (name === "curl.exe") {
        const port = Number(/:(\d+)$/.exec(args)![1]);
        if (connects) {
          const { code } = new Deno.Command(Deno.execPath(), {
            args: ["eval", `(await Deno.connect({ port: ${port} })).close()`],
          }).outputSync();
          assertEquals(code, 0);
        }
        return code;
      }
      const [open, closed] = [...new Set(args.match(/[A-Z]:\\[^"]*?jobbox-[0-9a-f-]+/gi))];
      const write = (path: string, text: string): void => Deno.writeTextFileSync(path, text);
      if (parts.includes("read")) write(`${open}\\read.txt`, "a text");
      if (parts.includes("copied")) write(`${open}\\copied.txt`, copy);
      if (parts.includes("closed")) write(`${closed}\\written.txt`, "x");
      if (parts.includes("open")) write(`${open}\\written.txt`, "x");
      return 1;
    },
  };
}

Deno.test("tryContainer: shows what a container does, and detects each deviation", async () => {
  await inFolder((folder) => {
    using system = new ContainerSystem(folder);
    const before = temporaryNames();
    const trial = (doing: Doing, isOffline = true): TrialResult => {
      // A folder that is made after another one is gone may have its number.
      system.lists.clear();
      return tryContainer(room(doing), SID, isOffline);
    };
    assertEquals(
      trial(FITTING),
      "a folder that was given was read and written, another one was not; a port of jobbox was " +
        "not reached",
    );
    assertEquals(
      trial({ ...FITTING, code: 28 }, false),
      "a folder that was given was read and written, another one was not",
    );
    const deviations: [Partial<Doing>, string][] = [
      [{ parts: [] }, "could not be written, code 1"],
      [{ parts: ["copied", "open"] }, "could not be read"],
      [{ parts: ["read", "copied", "closed", "open"] }, "a folder of the user was written"],
      [{ copy: "a text" }, "a file of the user was read"],
      [{ parts: ["read", "open"] }, "was not tried"],
      // A time that is over, and a program that does not start, show nothing.
      [{ code: 28 }, "connecting ended with 28, which is no refusal"],
      [{ code: 0 }, "connecting ended with 0"],
      [{ connects: true }, "a port of jobbox was reached"],
    ];
    for (const [change, said] of deviations) {
      const result = trial({ ...FITTING, ...change });
      assert(typeof result === "object" && result.problem.includes(said), JSON.stringify(result));
    }
    system.forgets = true;
    const result = trial(FITTING, false);
    assert(typeof result === "object" && result.problem.includes("could not be given"));
    assertEquals(temporaryNames(), before);
  });
});
