import { assertEquals, assertStringIncludes } from "@std/assert";
import { readConfig, readLock } from "../../tools/host/config.ts";
import { PROJECT } from "../../tools/host/project.ts";
import { stdFlags } from "../../tools/host/std.ts";
import { runDeno } from "../helpers/deno_process.ts";

Deno.test("deno.lock: it is of what deno.json asks for", () => {
  const wanted = Object.values(readConfig(PROJECT).imports ?? {});
  assertEquals(readLock(PROJECT)?.workspace?.["dependencies"], wanted.toSorted());
});

Deno.test("deno.lock: a package that is not in it is refused, where JSR is out of reach", async () => {
  const flags = await stdFlags("check");
  // If JSR can be reached, Deno itself adds what is missing.
  if (flags.length === 0) return;
  const folder = Deno.makeTempDirSync({ dir: `${PROJECT}/tools/host` });
  try {
    const file = `${folder}/x.ts`;
    for (const [text, expected] of [["npm:ajv@8.20.0", 0], ["npm:ajv@8.18.0", 1]] as const) {
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
