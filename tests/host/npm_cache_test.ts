import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { exists } from "../../tools/host/command.ts";
import { linkNpmCache, npmCache, testPackages } from "../../tools/host/npm_cache.ts";
import { PROJECT } from "../../tools/host/project.ts";
import { runDeno } from "../helpers/deno_process.ts";

Deno.test("testPackages: are pinned by deno.lock and imported by the tests", () => {
  for (const each of testPackages()) assertMatch(each, /^npm:[^@]+@\d+\.\d+\.\d+$/);
  const text = Deno.readTextFileSync(`${PROJECT}/tests/helpers/json_schema.ts`);
  for (const each of testPackages()) assertStringIncludes(text, `"${each}/`);
});

Deno.test("npmCache: a Deno with another cache finds the packages without a network", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    const npm = await npmCache();
    linkNpmCache(folder, npm);
    // Again, and over a real folder.
    linkNpmCache(folder, npm);
    Deno.removeSync(`${folder}/npm`);
    Deno.mkdirSync(`${folder}/npm/x`, { recursive: true });
    linkNpmCache(folder, npm);
    assertEquals(Deno.readLinkSync(`${folder}/npm`), npm);
    const imports = testPackages().map((name) => `import ${JSON.stringify(name)};\n`).join("");
    Deno.writeTextFileSync(`${folder}/x.ts`, imports);
    const { code, stderr } = await runDeno(
      ["run", "--no-config", "--no-lock", "--no-prompt", "--cached-only", `${folder}/x.ts`],
      { env: { DENO_DIR: folder } },
    );
    assertEquals({ code, stderr: code === 0 ? "" : stderr }, { code: 0, stderr: "" });
    assert(exists(npm));
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
