import "../../../helpers/bound_kernel.ts";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { startHint } from "../../../../cli/run/start_hint.ts";
import { jobbox } from "../../../helpers/jobbox_process.ts";

const known = (name: string): boolean => name === "cmd";

Deno.test("startHint: for a command of cmd.exe, a line in one word, a file of the folder, and nothing otherwise", () => {
  const folder = Deno.makeTempDirSync();
  try {
    Deno.writeTextFileSync(`${folder}\\my.cmd`, "");
    const hint = (command: string, ...args: string[]): string | undefined =>
      startHint({ command, args, cwd: folder }, known);
    assertStringIncludes(hint("Echo", "hi") ?? "", "write cmd /c Echo");
    assertStringIncludes(hint("cmd /c echo hi") ?? "", "leave out the quotes");
    assertStringIncludes(hint("my.cmd") ?? "", "write .\\my.cmd");
    assertStringIncludes(hint("my") ?? "", "write .\\my");
    for (const [command, ...args] of [["no"], ["no such thing"], ["cmd /c", "x"], [".\\my.exe"]]) {
      assertEquals(hint(command!, ...args), undefined);
    }
    assertEquals(startHint({ command: "my", args: [] }, known), undefined);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("jobbox run: the most common mistakes get a hint on what to write", async () => {
  const cases: [string[], number, string][] = [
    [["echo", "hi"], 127, "write cmd /c echo"],
    [["cmd /c echo hi"], 127, "leave out the quotes"],
    [['cmd /c echo "hi"'], 126, "leave out the quotes"],
    [["C:\\windows"], 126, 'Cannot start "C:\\windows": it is a folder, no program'],
    [
      ["no-such-program"],
      127,
      'Cannot start "no-such-program": there is no such program on the PATH',
    ],
  ];
  for (const [command, wanted, text] of cases) {
    const { code, err } = await jobbox(["run", "--", ...command]);
    assertStringIncludes(err, text);
    assertEquals(code, wanted, err);
  }
});
