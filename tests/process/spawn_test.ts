import { assertEquals, assertThrows } from "@std/assert";
import { readSpawn } from "../../process/spawn.ts";
import type { SpawnOptions } from "../../process/spawn_options.ts";

const read = (options: unknown): SpawnOptions => readSpawn("cmd", options as SpawnOptions).options;

Deno.test("readSpawn: returns the given options, and nothing else", () => {
  const options: SpawnOptions = {
    args: ["/c", "exit"],
    cwd: "C:\\",
    env: { A: "1", b: null },
    stdin: "piped",
    stdout: { path: "x.txt", append: true },
    stderr: { handle: 0x1ecn },
    priority: "idle",
    parentPid: 5,
    drainTimeout: 0,
    suspended: true,
  };
  assertEquals(read(options), options);
  assertEquals(read({}), {});
});

Deno.test("readSpawn: unknown options and wrong types are named", () => {
  const wrong: [unknown, string][] = [
    [{ limits: {} }, 'with "limits": options has no such part'],
    [{ clearenv: true }, "did you mean clearEnv?"],
    [{ timeout: 5 }, 'with "timeout"'],
    [{ args: "x" }, 'options.args must be an array, got "x"'],
    [{ args: [5] }, "options.args[0] must be a string, got 5"],
    [{ cwd: 5 }, "options.cwd must be a path or a URL, got 5"],
    [{ env: { A: 5 } }, 'options.env["A"] must be a string or null, got 5'],
    [{ env: "A=5" }, 'options.env must be an object, written as a literal, got "A=5"'],
    [{ env: new Map([["A", "5"]]) }, 'literal, got an instance of "Map"'],
    [{ signal: 5 }, "options.signal must be an AbortSignal, got 5"],
    [{ priority: "highest" }, "options.priority must be one of idle, "],
    [{ suspended: 1 }, "options.suspended must be a boolean, got 1"],
    [{ parentPid: "4" }, "options.parentPid must be a whole number"],
    [{ drainTimeout: "1s" }, 'options.drainTimeout must be 0 or more ms, got "1s"'],
    [{ stdin: "pipe" }, 'options.stdin must be "piped", "inherit", "null", { path } or { handle }'],
    [{ stdin: "stdout" }, 'options.stdin must be "piped", "inherit", "null", { path } or'],
    [{ stderr: "stdin" }, 'options.stderr must be "piped", "inherit", "null", "stdout", { path }'],
    [{ signal: Object.create(AbortSignal.prototype) }, "options.signal must be an AbortSignal"],
    [{ cwd: Object.create(URL.prototype) }, "options.cwd must be a path or a URL"],
    [{ stdout: { path: 5 } }, "options.stdout.path must be a path or a URL, got 5"],
    [{ stdout: { append: true } }, "options.stdout must be"],
    [{ stdout: { path: "x", apend: true } }, "did you mean append?"],
    [{ stderr: { handle: 5 } }, "options.stderr.handle must be a bigint"],
    [{ stderr: { handle: 5n, path: "x" } }, 'with "path": options.stderr has no such part'],
    [undefined, "options must be an object"],
  ];
  for (const [options, says] of wrong) {
    if (options === undefined) {
      assertThrows(() => readSpawn("cmd", null as never), TypeError, says);
    } else assertThrows(() => read(options), TypeError, says);
  }
  assertThrows(
    () => readSpawn(undefined as never, {}),
    TypeError,
    "Cannot start a process: command must be a path or a URL, got undefined",
  );
  assertThrows(() => read({ drainTimeout: -1 }), RangeError, "options.drainTimeout");
  assertThrows(() => read({ parentPid: -1 }), RangeError, "options.parentPid");
});

Deno.test("readSpawn: inherited and hidden variables are variables", () => {
  const env = Object.defineProperty(Object.create({ A: "1" }), "B", { value: null });
  assertEquals(read({ env }), { env: { A: "1", B: null } });
  assertThrows(() => read({ env: Object.create({ A: 5 }) }), TypeError, 'options.env["A"]');
});

Deno.test("readSpawn: a pseudo-handle of a process or thread, or an invalid one, is refused", () => {
  const pseudo = [0n, -1n, -2n, -3n, -4n, -5n, -6n];
  const narrow = pseudo.slice(1).map((handle) => BigInt.asUintN(32, handle));
  const wide = pseudo.slice(1).map((handle) => BigInt.asUintN(64, handle));
  for (const handle of [...pseudo, ...narrow, ...wide, 2n ** 64n, 2n ** 64n - 1n + 2n ** 64n]) {
    for (const stream of ["stdin", "stdout", "stderr"]) {
      assertThrows(
        () => read({ [stream]: { handle } }),
        TypeError,
        `options.${stream}.handle must be a bigint, the handle of an open file or pipe`,
        String(handle),
      );
    }
  }
});

Deno.test("readSpawn: each option is read once, nested ones too", () => {
  const reads: string[] = [];
  const once = <T>(name: string, value: T) => ({
    enumerable: true,
    get: (): T => {
      reads.push(name);
      return value;
    },
  });
  const stdin = Object.defineProperties({}, { handle: once("handle", 8n) });
  const env = Object.defineProperties({}, { A: once("A", "1") });
  const options = Object.defineProperties({}, {
    cwd: once("cwd", "C:\\"),
    env: once("env", env),
    stdin: once("stdin", stdin),
  });
  assertEquals(read(options), { cwd: "C:\\", env: { A: "1" }, stdin: { handle: 8n } });
  assertEquals(reads.toSorted(), ["A", "cwd", "env", "handle", "stdin"]);
});
