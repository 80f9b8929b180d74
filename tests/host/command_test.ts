import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { exists, findOnPath, run, runOrFail, tellingLine } from "../../tools/host/command.ts";
import { HostError } from "../../tools/host/host_error.ts";

Deno.test.each([
  ["the first error of several", "a\nE: no network\nE: gave up\n", "E: no network"],
  [
    "npm's code",
    "npm warn x\nnpm error code ENOTFOUND\nnpm error A log",
    "npm error code ENOTFOUND",
  ],
  [
    "what the linker lacks",
    "x.o: undefined reference to `f'\nld returned 1",
    "x.o: undefined reference to `f'",
  ],
  ["the last line of others", "starting\nnothing to do\n\n", "nothing to do"],
  ["silence", " \n", "it said nothing"],
])("tellingLine: finds %s", (_, output, wanted) => {
  assertEquals(tellingLine(output), wanted);
});

Deno.test("run: gives the exit code and both streams", async () => {
  const found = await run(["sh", "-c", "echo $A; echo e >&2; exit 5"], { env: { A: "a b" } });
  assertEquals(found, { code: 5, stdout: "a b\n", stderr: "e\n" });
});

Deno.test("run: a missing program is 127", async () => {
  assertEquals(await run(["/no/such"]), {
    code: 127,
    stdout: "",
    stderr: "/no/such is not installed",
  });
});

Deno.test("runOrFail: names its purpose, why it failed and how to fix it in one line", async () => {
  const error = await assertRejects(
    () =>
      runOrFail(["sh", "-c", "echo error: full >&2; echo more; exit 2"], {
        what: "copy it",
        mend: "check\nthe disk",
      }),
    HostError,
  );
  assertEquals(
    error.toLine(),
    "jobbox host: Cannot copy it: sh ended with 2, error: full; to fix it: check the disk",
  );
});

Deno.test("findOnPath: finds only what exists", () => {
  assertMatch(findOnPath("sh") ?? "", /^\/.*\/sh$/);
  assertEquals(findOnPath("no-such-program"), undefined);
});

Deno.test("exists: a path below a file does not exist", () => {
  assertEquals([exists("/"), exists("/no/such"), exists("/etc/passwd/x")], [true, false, false]);
});
