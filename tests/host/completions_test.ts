/**
 * The completions, asked of a real bash.
 */
import { assertEquals } from "@std/assert";
import { renderCompletions } from "../../cli/commands/completions.ts";
import { COMMANDS } from "../../cli/commands/list.ts";

const SCRIPT = renderCompletions("bash", COMMANDS.map(({ spec }) => spec));

/** What bash offers for the last of the words, in a folder of two files. */
async function offered(...words: string[]): Promise<string[]> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/my file.json`, "");
    await Deno.writeTextFile(`${folder}/other.txt`, "");
    const ask = `${SCRIPT}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _jobbox; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { code, stdout, stderr } = await new Deno.Command("bash", {
      args: ["-c", ask, "bash", "jobbox", ...words],
      cwd: folder,
    }).output();
    assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
    return new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "").sort();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const FILES = ["my file.json", "other.txt"];

Deno.test("bash completes commands, options and the words of a value", async () => {
  assertEquals(await offered("comp"), ["completions"]);
  assertEquals(await offered("completions", ""), ["bash", "powershell"]);
  assertEquals(await offered("run", "--on-l"), ["--on-limit"]);
  assertEquals(await offered("run", "--on-limit", ""), ["kill", "report", "stop"]);
  assertEquals(await offered("run", "--on-limit", "=", "k"), ["kill"]);
  assertEquals(await offered("run", "--priority", "id"), ["idle"]);
  assertEquals(await offered("run", "--ui", "desktop,han"), ["desktop,handles"]);
  assertEquals(await offered("doctor", "--need", "memo"), ["memory"]);
});

Deno.test("bash completes a name with a blank as one", async () => {
  assertEquals(await offered("run", "--report", ""), FILES);
  assertEquals(await offered("run", "--report", "my"), ["my file.json"]);
});

Deno.test("bash leaves the command's own options alone", async () => {
  assertEquals(await offered("run", "node", "--mem"), []);
  assertEquals(await offered("run", "--memory", "1M", "--", "--mem"), []);
  assertEquals(await offered("run", "--memory", "1M", "--breakaway", "node", ""), FILES);
  assertEquals(await offered("run", "--memory", "1M", "--on-lim"), ["--on-limit"]);
  assertEquals(await offered("run", "--breakaway", "--on-lim"), ["--on-limit"]);
  assertEquals(await offered("run", "--memory", ""), []);
});
