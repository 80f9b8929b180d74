import { assertEquals, assertThrows } from "@std/assert";
import {
  contradiction,
  contradictionOf,
  fitsPattern,
  isolationOf,
  readIsolation,
} from "../../isolation/read_isolation.ts";
import { readSpawn } from "../../process/spawn.ts";
import type { Isolation, SpawnOptions } from "../../isolation/isolation.ts";

Deno.test("readIsolation: returns a copy, with each word once", () => {
  const given = { admin: false, privileges: ["SeShutdownPrivilege", "SeShutdownPrivilege"] };
  const read = readIsolation(given);
  given.privileges.push("SeDebugPrivilege");
  assertEquals(read, { admin: false, privileges: ["SeShutdownPrivilege"] });
});

Deno.test("readIsolation: an unknown restriction is refused, with a suggestion", () => {
  const wrong: [unknown, string][] = [
    [{ admn: false }, "no such part"],
    [{ admin: true }, "must be false or absent"],
    [{ integrity: "medium" }, 'must be "low" or absent'],
    [{ integrity: "auto" }, 'must be "low" or absent'],
    [{ temp: true }, 'must be "fresh" or absent'],
    [{ protect: false }, "must be true or absent"],
    [{ privileges: ["shutdown"] }, "SeShutdownPrivilege"],
    [{ privileges: "SeShutdownPrivilege" }, "must be an array"],
    [{ privileges: [1] }, "it is not a string"],
    [{ environment: ["A=B"] }, 'no "="'],
    [{ environment: [""] }, "not empty"],
    [{ mitigations: ["font"] }, "there are extension-points, fonts"],
    [{ mitigations: [] }, "isolation.mitigations must name one at least"],
    [{ protect: true }, "isolation.protect needs isolation.admin: false, since"],
    [{ container: true }, "must be an object"],
    [{ container: { reed: [] } }, "did you mean read?"],
    [{ container: { network: ["lan"] } }, "there are internet, server, private"],
    [{ container: { network: "none" } }, "must be an array"],
    [{ container: { read: ["C:\\"] } }, "root of a drive"],
    [{ container: { write: ["\\\\server\\share"] } }, "another computer"],
    [{ container: { write: [""] } }, "it is empty"],
    [{ container: { capabilities: ["permissiveLearningMode"] } }, "allow everything"],
    [{ container: { capabilities: ["internetClient"] } }, "asked for as network internet"],
    [{ container: { lessPrivileged: 1 } }, "must be a boolean"],
    [{ container: { read: ["C:\\a\\b"], write: ["C:\\a"] } }, "cannot be read-only"],
    [
      { container: {}, temp: "fresh" },
      "isolation.container cannot stand beside isolation.temp: Windows puts",
    ],
    [
      { container: {}, integrity: "low" },
      "isolation.container cannot stand beside isolation.integrity: a container",
    ],
    ["user", "must be an object"],
    [null, "must be an object"],
  ];
  for (const [given, said] of wrong) {
    assertThrows(() => readIsolation(given), TypeError, said);
  }
});

Deno.test("contradiction: none between restrictions that go together", () => {
  assertEquals(contradiction({ admin: false, protect: true, integrity: "low" }), undefined);
  const container = { read: ["C:\\a"], write: ["C:\\a\\b"], network: ["private"] } as const;
  assertEquals(
    contradiction({ admin: false, protect: true, desktop: "private", container }),
    undefined,
  );
});

const read = (options: SpawnOptions): SpawnOptions =>
  readSpawn<Pick<SpawnOptions, "isolation">>("x", options, { isolation: readIsolation }).options;

Deno.test("isolationOf: returns what was requested, and undefined for nothing", () => {
  const isolation: Isolation = { temp: "fresh" };
  assertEquals(read({ args: ["1"], isolation }), { args: ["1"], isolation });
  assertEquals(isolationOf(read({ args: ["1"], isolation })), isolation);
  assertEquals(isolationOf(read({ isolation: {} })), undefined);
  assertEquals(read({}), {});
  assertEquals(isolationOf(read({})), undefined);
});

Deno.test("isolationOf: an option that defeats the isolation is refused with a message", () => {
  const wrong: [SpawnOptions, string][] = [
    [{ isolation: { admin: false }, parentPid: 4 }, "the rights come from the parent"],
    [
      { isolation: { temp: "fresh" }, env: { Temp: "C:\\x" } },
      "isolation.temp cannot stand beside env.Temp",
    ],
    [
      { isolation: { container: {} }, env: { tmp: "C:\\x" } },
      "isolation.container cannot stand beside env.tmp",
    ],
    [
      { isolation: { temp: "fresh" }, env: { TMPDIR: null } },
      "isolation.temp cannot stand beside env.TMPDIR",
    ],
  ];
  for (const [options, said] of wrong) {
    assertThrows(() => isolationOf(read(options)), TypeError, said);
  }
});

Deno.test("readSpawn: other options are read as without isolation", () => {
  assertThrows(() => read({ isolation: {}, cwdd: "x" } as never), TypeError);
});

Deno.test("fitsPattern: * stands for any text, and case does not count", () => {
  const fits: [string, string][] = [
    ["PATH", "path"],
    ["GITHUB_TOKEN", "GITHUB_*"],
    ["AWS_SECRET_KEY", "*secret*"],
    ["A", "*"],
    ["aXbYc", "a*b*c"],
    ["aa", "a*a"],
    ["PATH", "*path*"],
    ["PATH", "*p*"],
  ];
  for (const [name, pattern] of fits) assertEquals(fitsPattern(name, pattern), true, pattern);
  const misses: [string, string][] = [
    ["PATHEXT", "PATH"],
    ["XGITHUB_", "GITHUB_*"],
    ["a", "a*a"],
    ["aXc", "a*b*c"],
    ["axbxc", "a*b*b*c"],
    ["A.B", "A?B"],
    ["PATH", ""],
  ];
  for (const [name, pattern] of misses) assertEquals(fitsPattern(name, pattern), false, pattern);
});

Deno.test("contradictionOf: who sets the variable of the temporary folder is named", () => {
  const [inContainer, fresh] = ["isolation.container", "isolation.temp"];
  const cases = [
    [{ temp: "fresh" }, "TEMP", fresh],
    [{ temp: "fresh" }, "TMPDIR", fresh],
    [{ container: {} }, "tmp", inContainer],
    [{ container: {} }, "TMPDIR", undefined],
    [{}, "TEMP", undefined],
    [{ temp: "fresh" }, "PATH", undefined],
  ] as const;
  for (const [isolation, name, says] of cases) {
    const found = contradictionOf(isolation, { [name]: "x" });
    assertEquals(found?.split(" ")[0], says, JSON.stringify([isolation, name]));
  }
});
