import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../cli/args/usage_error.ts";
import {
  checkFiles,
  checkStandardStream,
  filesOf,
  reportFormOf,
  type UsedFile,
} from "../../../cli/run/files.ts";
import { FakeIo } from "../../helpers/fake_io.ts";
import { Settings } from "../../../cli/args/settings.ts";

const file = (from: string, path: string, use: UsedFile["use"]): UsedFile => ({ from, path, use });

Deno.test("checkFiles: an output that is also an input or another output is refused, in any spelling", () => {
  const io = new FakeIo();
  io.links.set("link", "a.json");
  const cases: [UsedFile, UsedFile, string][] = [
    [
      file("--report", "a.json", "write"),
      file("--policy", ".\\A.JSON", "read"),
      '--report: Cannot write "a.json": --policy reads it',
    ],
    [
      file("--stdin", "a.json", "read"),
      file("--stdout", "a.json", "stream"),
      '--stdout: Cannot write "a.json": --stdin reads it',
    ],
    [
      file("--report", "a.json", "write"),
      file("--meta", "link", "write"),
      '--meta: Cannot write "link": --report writes it too',
    ],
    [
      file("--meta", "x.exe", "write"),
      file("the command", "x.exe", "run"),
      '--meta: Cannot write "x.exe": the command runs it',
    ],
    [
      file("--meta", "a", "write"),
      file("--stderr", "a", "stream"),
      '--stderr: Cannot write "a": --meta writes it too',
    ],
  ];
  for (const [a, b, message] of cases) {
    assertThrows(() => checkFiles([a, b], io), UsageError, message);
  }
});

Deno.test("checkFiles: streams may share, inputs may share, and all may share a device", () => {
  const io = new FakeIo();
  checkFiles([file("--stdout", "a", "stream"), file("--stderr", "A", "stream")], io);
  checkFiles([file("--stdin", "a", "read"), file("--policy", "a", "read")], io);
  checkFiles([file("--meta", "NUL", "write"), file("--stdin", "nul", "read")], io);
});

Deno.test("checkFiles: a third option for the same file is found too", () => {
  const files = [
    file("--stdout", "a", "stream"),
    file("--stderr", "a", "stream"),
    file("--stdin", "a", "read"),
  ];
  assertThrows(() => checkFiles(files, new FakeIo()), UsageError, "--stdin reads it");
});

Deno.test("filesOf: an output or input that is a file of the metrics is refused", () => {
  const files = ["jobbox.prom", "jobbox.prom.lock", "jobbox.prom.new"];
  for (const option of ["stdout", "stderr", "stdin", "events", "meta", "env-file"]) {
    for (const file of files) {
      const settings = new Settings([
        { name: option, value: `sums\\${file.toUpperCase()}`, from: `--${option}` },
        { name: "metrics", value: "sums", from: "--metrics" },
      ]);
      const used = filesOf(settings, new Settings([]));
      const problem = ["stdin", "env-file"].includes(option)
        ? `--metrics: Cannot write "sums\\${file}": --${option} reads it`
        : `--${option}: Cannot write "sums\\${file.toUpperCase()}": --metrics writes it too`;
      assertThrows(() => checkFiles(used, new FakeIo()), UsageError, problem);
    }
  }
});

Deno.test("checkStandardStream: stdout takes one kind of data, and events only if the command's output goes elsewhere", () => {
  const settings = (...given: [string, string][]): Settings =>
    new Settings(given.map(([name, value]) => ({ name, value, from: `--${name}` })));
  const json = { name: "json", value: "", from: "--json" };
  checkStandardStream(settings(["report", "-"], ["meta", "m"]), { json: undefined });
  checkStandardStream(settings(["events", "-"], ["stdout", "o"]), { json: undefined });
  assertThrows(
    () => checkStandardStream(settings(["report", "-"], ["meta", "-"]), { json: undefined }),
    UsageError,
    "--meta: Cannot write to stdout: --report writes there too",
  );
  assertThrows(
    () => checkStandardStream(settings(["report", "-"]), { json }),
    UsageError,
    "--report: Cannot write to stdout: --json writes there too",
  );
  for (const more of [[], [["stdout", "-"] as [string, string]]]) {
    assertThrows(
      () => checkStandardStream(settings(["events", "-"], ...more), { json: undefined }),
      UsageError,
      "--events: Cannot write to stdout: the command writes there too; add --stdout FILE",
    );
  }
});

Deno.test("checkStandardStream: the metrics need a folder", () => {
  const metrics = (value: string): Settings =>
    new Settings([{ name: "metrics", value, from: "p.json: metrics" }]);
  assertThrows(
    () => checkStandardStream(metrics("-"), { json: undefined }),
    UsageError,
    "p.json: metrics: Cannot write to stdout: the metrics are sums that stay in a folder; " +
      "name it, or .\\- for one with this name",
  );
  checkStandardStream(metrics(".\\-"), { json: undefined });
});

Deno.test("reportFormOf: follows the end of the name, and is JSON for the standard stream", () => {
  const forms = ["r.JSON", "r.htm", "r.Html", "-", "r.txt", "json"].map(reportFormOf);
  assertEquals(forms, ["json", "html", "html", "json", undefined, undefined]);
});
