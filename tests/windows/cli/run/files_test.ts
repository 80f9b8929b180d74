import "../../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { parseArgs } from "../../../../cli/args/settings.ts";
import { readRunPlan, RUN_OPTIONS } from "../../../../cli/run/plan.ts";
import { run as runPlan } from "../../../../cli/run/run.ts";
import type { Io } from "../../../../cli/terminal/io.ts";
import { realIo } from "../../../../cli/terminal/real_io.ts";
import { FakeSink } from "../../../helpers/fake_io.ts";
import { CHILD, jobbox } from "../../../helpers/jobbox_process.ts";
import { Folder } from "../../../helpers/reported_run.ts";

/** Runs a line of cmd.exe in the folder, under reports. */
async function run(
  folder: Folder,
  options: readonly string[],
  line: string,
): Promise<{ code: number; err: string }> {
  const { code, err } = await jobbox([
    "run",
    ...options,
    "--cwd",
    folder.file(""),
    "--",
    "cmd",
    "/d",
    "/c",
    line,
  ]);
  return { code, err };
}

Deno.test("run: the record is complete and jobbox's own, whatever the command did to the file", async () => {
  using folder = new Folder();
  const files = ["r.json", "m.meta", "p.html"];
  const options = ["--report", "r.json", "--meta", "m.meta", "--report", "p.html"]
    .map((word) => files.includes(word) ? folder.file(word) : word);
  const forge = (name: string): string =>
    `(for /l %i in (1,1,200) do @echo status:OK}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}) > ${name}`;
  const ways = [
    files.map(forge).join("&"),
    `${
      files.map(forge).join("&")
    }& ren r.json moved.json& ren m.meta moved.meta& echo status:OK> m.meta`,
    `del /q ${files.join(" ")}& mkdir r.json& mkdir m.meta& echo x> m.meta\\x`,
    `attrib +r r.json& attrib +r m.meta& rem`,
  ];
  for (const way of ways) {
    const { code } = await run(folder, options, `${way}& exit 3`);
    assertEquals(code, 3, way);
    assertEquals(folder.record().exitCode, 3);
    const meta = folder.text("m.meta");
    assertStringIncludes(meta, "exitcode:3\n");
    assert(!meta.includes("status:OK"), meta);
    assert(folder.text("p.html").endsWith("</html>\n"));
  }
});

Deno.test("run: an old record survives a run that never starts, and a report that cannot be written", async () => {
  using folder = new Folder();
  Deno.writeTextFileSync(folder.file("keep.json"), '{"old":1}');
  const { code, err } = await run(folder, [
    "--report",
    folder.file("keep.json"),
    "--report",
    folder.file("nodir\\x.json"),
    "--report",
    folder.file("r.json"),
  ], "exit");
  assertEquals(code, 125);
  assertStringIncludes(err, "--report: Cannot write ");
  assertEquals(folder.text("keep.json"), '{"old":1}');
  // A program that waits for a record gets one.
  const { error, verdict } = folder.record();
  assertEquals(verdict, "failed");
  assertStringIncludes(error!, "--report: Cannot write ");
});

Deno.test("jobbox run: a record that cannot be written at the end leaves the exit code", async () => {
  using folder = new Folder();
  const reports = folder.file("reports");
  Deno.mkdirSync(reports);
  const args = ["--report", `${reports}\\r.json`, "--meta", `${reports}\\r.meta`];
  const { code, err } = await jobbox([
    ...["run", ...args, "--", "cmd", "/c", `rmdir ${reports}& exit 7`],
  ]);
  assertEquals(code, 7);
  const lines = err.trimEnd().split(/\r?\n/);
  assertEquals(lines.length, 2, err);
  for (const line of lines) assertStringIncludes(line, "jobbox: Cannot write ");
});

Deno.test("run: no output is emptied when another file cannot be opened", async () => {
  using folder = new Folder();
  const good = folder.file("good");
  const [missing, stdout] = [folder.file("none\\x"), ["--stdout", good]];
  for (const cap of [[], ["--max-output", "1M"]]) {
    for (
      const bad of [
        ["--stderr", missing],
        ["--stdin", missing],
        ["--stderr", good, "--stdin", missing],
        ["--cwd", missing],
      ]
    ) {
      Deno.writeTextFileSync(good, "kept");
      const { code, err } = await jobbox([
        "run",
        ...cap,
        ...stdout,
        ...bad,
        "--",
        CHILD,
        "exit",
        "0",
      ]);
      assertEquals([code, Deno.readTextFileSync(good)], [125, "kept"], bad.join(" "));
      assertStringIncludes(err, "none");
    }
  }
});

Deno.test("run: only jobbox can write, rename or delete the file of events while it grows", async () => {
  using folder = new Folder();
  const { code } = await run(
    folder,
    ["--events", folder.file("e")],
    "(echo forged>> e)& ren e moved& del /q e& (echo forged> e)& exit 4",
  );
  assertEquals(code, 4);
  const lines = folder.text("e").trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals(lines.map(({ seq }) => seq), lines.map((_, at) => at));
  assertEquals([lines[0].type, lines.at(-1).type, lines.at(-1).exitCode], ["start", "end", 4]);
});

Deno.test("run: no input is overwritten, however it is spelled", async () => {
  using folder = new Folder();
  const program = folder.file("program.exe");
  Deno.copyFileSync(CHILD, program);
  const input = folder.file("in.json");
  const text = '{"command":["cmd","/c","exit"]}';
  Deno.writeTextFileSync(input, text);
  Deno.linkSync(input, folder.file("link.json"));
  const cases: [string[], string][] = [
    [["--policy", input, "--report", folder.file(".\\IN.JSON")], "--policy reads it"],
    [["--policy", input, "--report", `\\\\?\\${input}`], "--policy reads it"],
    [["--policy", input, "--report", folder.file("link.json")], "--policy reads it"],
    [["--env-file", input, "--meta", input], "--env-file reads it"],
    [["--stdin", input, "--stdout", input], "--stdin reads it"],
    [["--meta", program], "the command runs it"],
    [["--report", folder.file("a.json"), "--meta", folder.file(".\\A.json")], "writes it too"],
  ];
  for (const [options, reason] of cases) {
    const { code, err } = await jobbox(["run", ...options, "--", program, "exit", "0"]);
    assertEquals(code, 125, err);
    assertStringIncludes(err, reason);
    assertEquals(folder.text("in.json"), text);
  }
  assertEquals(Deno.statSync(program).size, Deno.statSync(CHILD).size);
});

Deno.test("run: no output is emptied by a command that does not start", async () => {
  using folder = new Folder();
  const [kept, noProgram] = [folder.file("kept"), folder.file("text.exe")];
  Deno.writeTextFileSync(kept, "kept");
  Deno.writeTextFileSync(noProgram, "this is a text");
  const missing = folder.file("none.exe");
  for (const cap of [[], ["--max-output", "1M"]]) {
    for (const files of [["--stdout"], ["--stderr"], ["--stdout", kept, "--stderr"]]) {
      for (const [program, expected] of [[noProgram, 126], [missing, 127]] as const) {
        const { code, err } = await jobbox(["run", ...cap, ...files, kept, "--", program]);
        assertEquals([code, Deno.readTextFileSync(kept)], [expected, "kept"], err);
      }
    }
  }
});

Deno.test("run: --append keeps what the files hold, and --stderr-to-stdout keeps the order", async () => {
  using folder = new Folder();
  const path = folder.file("log");
  const command = ["--", CHILD, "print", "one", "printerr", "two", "print", "three"];
  const words = ["one", "two", "three"];
  for (const cap of [[], ["--max-output", "1M"]]) {
    Deno.writeTextFileSync(path, "old\n");
    const record = ["--report", folder.file("r.json")];
    const options = [...cap, ...record, "--stdout", path, "--stderr-to-stdout"];
    const read = (): string[] => Deno.readTextFileSync(path).trimEnd().split(/\r?\n/);
    const first = await jobbox(["run", ...options, "--append", ...command]);
    assertEquals([first.code, read()], [0, ["old", ...words]], first.err);
    const written = Deno.statSync(path).size - 4;
    assertEquals(folder.record().output?.stdoutBytes, written);
    const second = await jobbox(["run", ...options, ...command]);
    assertEquals([second.code, read()], [0, words], second.err);
    const piped = await jobbox(["run", ...cap, "--stderr-to-stdout", ...command]);
    assertEquals([piped.out.trimEnd().split(/\r?\n/), piped.err], [words, ""]);
  }
});

Deno.test("run: the record on stdout has a line of its own, and none before it", async () => {
  for (const option of [["--json"], ["--report", "-"], ["--meta", "-"]]) {
    const first = option.includes("--meta") ? /^[a-z-]+:/ : /^\{/;
    const silent = await jobbox(["run", ...option, "--", CHILD, "exit", "3"]);
    assertEquals([silent.code, silent.err], [3, ""]);
    assertMatch(silent.out, first);
    const open = await jobbox(["run", ...option, "--", CHILD, "write", "100000"]);
    assertMatch(open.out.slice(100_000), /^\n[a-z{]/);
    const whole = await jobbox(["run", ...option, "--", CHILD, "print", "x"]);
    assertMatch(whole.out, /^x\r?\n[a-z{]/);
  }
});

Deno.test("run: two names of a new file are recognised as one once it is open", async () => {
  using folder = new Folder();
  const [link, target] = [folder.file("link.json"), folder.file("r.json")];
  const real = realIo();
  // A link to a file that is not there cannot be told from a name that is free.
  const followed = (path: string): string => path === link ? target : path;
  const exists = (): boolean => real.fileSize(target) !== undefined;
  let said = "";
  const io: Io = {
    ...real,
    stderr: new FakeSink((text) => void (said += text)),
    fileIdentity: (path) => real.fileIdentity(exists() ? followed(path) : path),
    holdFile: (path, options) => real.holdFile(followed(path), options),
  };
  const tokens = ["--events", link, "--report", target, "--", CHILD, "print", "started"];
  const plan = readRunPlan(parseArgs(tokens, RUN_OPTIONS, { stopEarly: true }), io);
  assertEquals(await runPlan(plan, io), 125);
  assertStringIncludes(said, "--report writes it too");
});
