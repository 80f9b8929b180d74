import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { readConfig, readLock } from "../../tools/host/config.ts";
import { testPackages } from "../../tools/host/npm_cache.ts";
import { PROJECT } from "../../tools/host/project.ts";
import { stdFlags } from "../../tools/host/std.ts";
import { runDeno } from "../helpers/deno_process.ts";

Deno.test("deno.lock: it is of what deno.json asks for", () => {
  const wanted = Object.values(readConfig(PROJECT).imports ?? {});
  assertEquals(readLock(PROJECT)?.workspace?.["dependencies"], wanted.toSorted());
});

Deno.test("deno.lock: every package has one exact version", () => {
  const specifiers = Object.keys(readLock(PROJECT)?.["specifiers"] ?? {});
  const names = specifiers.map((each) => /^npm:(.+)@\d+\.\d+\.\d+$/.exec(each)?.[1] ?? each);
  assert(names.length > 0);
  assertEquals(new Set(names).size, names.length, specifiers.join(" "));
  assertEquals(names.filter((name) => name.startsWith("npm:")), []);
});

Deno.test("deno.lock: a package that is not in it is refused, where JSR is out of reach", async () => {
  const flags = await stdFlags("check");
  // If JSR can be reached, Deno itself adds what is missing.
  if (flags.includes("--lock=deno.lock")) return;
  const folder = Deno.makeTempDirSync({ dir: `${PROJECT}/tools/host` });
  try {
    const file = `${folder}/x.ts`;
    const [known = ""] = testPackages();
    const other = known.replace(/@.*/, "@8.18.0");
    for (const [text, expected] of [[known, 0], [other, 1]] as const) {
      Deno.writeTextFileSync(file, `import ${JSON.stringify(text)};\n`);
      const { code, stderr } = await runDeno(["check", ...flags, file], {
        through: ["env", "-C", PROJECT],
      });
      assertEquals(code, expected, stderr);
      if (code !== 0) assertStringIncludes(stderr, "lockfile is out of date");
    }
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("deno task fetches no package before it starts", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    const { code, stdout, stderr } = await runDeno(["task", "--eval", "echo started"], {
      cwd: PROJECT,
      env: { DENO_DIR: folder },
    });
    assertEquals({ code, stdout }, { code: 0, stdout: "started\n" }, stderr);
    const packages = [...Deno.readDirSync(folder)].flatMap(({ name }) =>
      name === "npm" ? [...Deno.readDirSync(`${folder}/npm`)].map((entry) => entry.name) : []
    );
    assertEquals(packages, [], stderr);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
