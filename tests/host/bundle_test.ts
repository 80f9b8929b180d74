import { assert, assertEquals, assertMatch, assertNotEquals, assertRejects } from "@std/assert";
import { fileUrl } from "../helpers/file_path.ts";
import { runDeno } from "../helpers/deno_process.ts";
import { BUNDLE_FILE, bundleTool, START_FILE, toolRecipe } from "../../tools/host/bundle.ts";
import { HostError } from "../../tools/host/host_error.ts";
import { PROJECT } from "../../tools/host/project.ts";

/** A tool of three files in its own folder, with its own cache. */
class Tool implements Disposable {
  readonly folder = Deno.makeTempDirSync({ prefix: "jobbox bündle " });
  readonly project = `${this.folder}/project`;
  readonly cache = `${this.folder}/jobbox/host-1`;
  readonly #before = ["XDG_CACHE_HOME", "DENO_DIR"].map((name) =>
    [name, Deno.env.get(name)] as const
  );

  constructor() {
    const caches = Deno.env.get("XDG_CACHE_HOME") || `${Deno.env.get("HOME")}/.cache`;
    // Only our own cache is another; Deno's has the bundler in it.
    if (!Deno.env.get("DENO_DIR")) Deno.env.set("DENO_DIR", `${caches}/deno`);
    Deno.env.set("XDG_CACHE_HOME", this.folder);
    Deno.mkdirSync(`${this.project}/cli/deep`, { recursive: true });
    this.write("cli.ts", 'import { fail } from "./cli/deep/fail.ts";\n\nfail(Deno.args[0]);\n');
    this.write("deno.json", '{ "version": "1.2.3" }\n');
    this.write("cli/build.ts", 'export const SOURCES: string = "not-bundled!";\n');
    this.write(
      "cli/deep/fail.ts",
      'import { SOURCES } from "../build.ts";\n\nexport function fail(word?: string): void {\n' +
        "  console.log(SOURCES);\n  if (word) throw new Error(word);\n}\n",
    );
  }

  get recipe() {
    return { project: this.project, flags: [], seenAs: `file://${encodeURI(this.project)}` };
  }

  write(path: string, text: string): void {
    Deno.writeTextFileSync(`${this.project}/${path}`, text);
  }

  bundles(): string[] {
    return [...Deno.readDirSync(this.cache)].map(({ name }) => name)
      .filter((name) => name.startsWith("bundle-"));
  }

  [Symbol.dispose](): void {
    for (const [name, value] of this.#before) {
      if (value === undefined) Deno.env.delete(name);
      else Deno.env.set(name, value);
    }
    Deno.removeSync(this.folder, { recursive: true });
  }
}

Deno.test("bundleTool: gives the same bundle until a source changes, and then another", async () => {
  using tool = new Tool();
  const first = await bundleTool(tool.recipe);
  assertEquals(await bundleTool(tool.recipe), first);
  assertEquals(tool.bundles().length, 1);
  tool.write("cli/deep/fail.ts", "export function fail(): void {\n  console.log('changed');\n}\n");
  tool.write(
    "cli.ts",
    'import "./cli/build.ts";\nimport { SOURCES } from "./cli/build.ts";\n' +
      'import { fail } from "./cli/deep/fail.ts";\nfail();\nconsole.log(SOURCES);\n',
  );
  const second = await bundleTool(tool.recipe);
  assertNotEquals(second, first);
  const { stdout } = await runDeno(["run", `${second.folder}/${BUNDLE_FILE}`]);
  assertEquals(stdout, `changed\n${second.sources}\n`);
});

Deno.test("bundleTool: its start prints the version itself, and starts the tool otherwise", async () => {
  using tool = new Tool();
  tool.write(
    "cli.ts",
    'import { SOURCES } from "./cli/build.ts";\n' +
      "export function start(): void {\n  console.log(SOURCES, Deno.args.join());\n}\n",
  );
  const { folder, sources } = await bundleTool(tool.recipe);
  const said = async (...args: string[]): Promise<string> =>
    (await runDeno(["run", `${folder}/${START_FILE}`, ...args])).stdout;
  for (const args of [[], ["--version", "--json"], ["run", "--version"]]) {
    assertEquals(await said(...args), `${sources} ${args.join()}\n`);
  }
  await Deno.remove(`${folder}/${BUNDLE_FILE}`);
  assertEquals(await said("--version"), "jobbox 1.2.3\n");
});

Deno.test("bundleTool: the bundle reports the digest of its sources", async () => {
  using tool = new Tool();
  const { folder, sources } = await bundleTool(tool.recipe);
  const { stdout } = await runDeno(["run", `${folder}/${BUNDLE_FILE}`]);
  assertEquals(stdout, `${sources}\n`);
  assertMatch(sources, /^[\da-f]{12}$/);
});

Deno.test("bundleTool: a stack trace names functions, files and lines of the sources", async () => {
  using tool = new Tool();
  const { folder } = await bundleTool(tool.recipe);
  const { code, stderr } = await runDeno(["run", `${folder}/${BUNDLE_FILE}`, "broken"]);
  assertEquals(code, 1);
  assert(stderr.includes(`at fail (file://${tool.project}/cli/deep/fail.ts:5:`), stderr);
});

Deno.test("bundleTool: each of many runs at once gets a whole bundle of the sources", async () => {
  using tool = new Tool();
  const module = fileUrl(`${PROJECT}/tools/host/bundle.ts`);
  const code = `import { bundleTool } from "${module}";
    const { folder, sources } = await bundleTool(${JSON.stringify(tool.recipe)});
    console.log(Deno.readTextFileSync(folder + "/${BUNDLE_FILE}").includes(sources));`;
  const runs = await Promise.all([1, 2, 3, 4].map(() => runDeno(["eval", code])));
  assertEquals(runs.map(({ code, stdout }) => [code, stdout]), Array(4).fill([0, "true\n"]));
  assertEquals(tool.bundles().length, 1);
});

/** A Deno that changes a source each time it bundles, as an editor may meanwhile. */
function changing(tool: Tool, times: number): Disposable {
  const real = Deno.execPath;
  const program = `${tool.folder}/bundler`;
  Deno.writeTextFileSync(
    program,
    `#!/bin/sh
cd '${tool.project}' || exit 9
"$@" || exit
count=$(cat ../count 2>/dev/null || echo 0)
[ "$count" -ge ${times} ] && exit 0
echo $((count + 1)) >../count
echo "console.log('late $count');" >>cli.ts
`.replace('"$@"', `'${real()}' "$@"`),
    { mode: 0o755 },
  );
  Deno.execPath = () => program;
  return { [Symbol.dispose]: () => void (Deno.execPath = real) };
}

Deno.test("bundleTool: a source that changes during bundling is in the bundle", async () => {
  using tool = new Tool();
  using _changing = changing(tool, 2);
  const { folder } = await bundleTool(tool.recipe);
  assertMatch(await Deno.readTextFile(`${folder}/${BUNDLE_FILE}`), /late 0[^]*late 1/);
  assertEquals(tool.bundles().length, 1);
});

Deno.test("bundleTool: gives up on sources that change all the time, and keeps nothing", async () => {
  using tool = new Tool();
  using _changing = changing(tool, 99);
  await assertRejects(() => bundleTool(tool.recipe), HostError, "change all the time");
  assertEquals(tool.bundles(), []);
});

Deno.test("bundleTool: a source that is not TypeScript fails with Deno's error, in one line", async () => {
  using tool = new Tool();
  tool.write("cli.ts", "const = ;\n");
  const error = await assertRejects(() => bundleTool(tool.recipe), HostError);
  assertMatch(error.toLine(), /Cannot bundle jobbox: deno bundle said: .+; to fix it: check/);
  assertEquals(tool.bundles(), []);
});

Deno.test("bundleTool: refuses a source that its digest does not cover", async () => {
  using tool = new Tool();
  Deno.mkdirSync(`${tool.project}/tests`);
  tool.write("tests/helper.ts", "console.log(1);\n");
  tool.write(
    "cli.ts",
    'import "./tests/helper.ts";\nimport "./cli/deep/fail.ts";\n' +
      'import { SOURCES } from "./cli/build.ts";\nconsole.log(SOURCES);\n',
  );
  await assertRejects(() => bundleTool(tool.recipe), HostError, "does not cover tests/helper.ts");
  assertEquals(tool.bundles(), []);
});

Deno.test("bundleTool: removes what nobody has used for a day, and nothing else", async () => {
  using tool = new Tool();
  const { folder } = await bundleTool(tool.recipe);
  const old = new Date(Date.now() - 25 * 3_600_000);
  for (const name of ["bundle-old", "other-old"]) {
    Deno.mkdirSync(`${tool.cache}/${name}`);
    Deno.utimeSync(`${tool.cache}/${name}`, old, old);
  }
  Deno.utimeSync(folder, old, old);
  // Its use is noted, so the making of another one leaves it.
  await bundleTool(tool.recipe);
  tool.write("deno.json", "{}");
  const other = await bundleTool(tool.recipe);
  assertEquals(tool.bundles().toSorted(), [folder, other.folder].map(baseName).toSorted());
  assertEquals([...Deno.readDirSync(tool.cache)].some(({ name }) => name === "other-old"), true);
});

function modulesOf(folder: string): string[] {
  return [...Deno.readDirSync(folder)].filter(({ name }) => name.endsWith(".js"))
    .map(({ name }) => `${folder}/${name}`);
}

Deno.test("bundleTool: a character that is not ASCII is escaped, and keeps its meaning", async () => {
  using tool = new Tool();
  tool.write(
    "cli.ts",
    'import { SOURCES } from "./cli/build.ts";\n' +
      "const join = (parts: TemplateStringsArray, word: string): string => parts.join(word);\n" +
      "console.log(SOURCES, join`×${'·'}▼😀`, /^😀$/u.test('😀'));\n",
  );
  const { folder, sources } = await bundleTool(tool.recipe);
  const { stdout } = await runDeno(["run", `${folder}/${BUNDLE_FILE}`]);
  assertEquals(stdout, `${sources} ×·▼😀 true\n`);
  for (const path of modulesOf(folder)) assertMatch(Deno.readTextFileSync(path), /^[\0-\x7f]*$/);
});

/** The modules that a module loads before its first line runs, and itself. */
function loadedWith(path: string): string[] {
  const folder = path.slice(0, path.lastIndexOf("/"));
  const imports = Deno.readTextFileSync(path).matchAll(/^(?:import|\} from) ?"\.\/(.+)";$/gm);
  return [path, ...[...imports].flatMap(([, name]) => loadedWith(`${folder}/${name}`))];
}

Deno.test("toolRecipe: jobbox run does not load the other commands", async () => {
  const { folder } = await bundleTool(await toolRecipe("system"));
  const loaded = loadedWith(`${folder}/${BUNDLE_FILE}`);
  const sources = loaded.flatMap((path) => JSON.parse(Deno.readTextFileSync(`${path}.map`)).sources)
    // The bundler writes them as URLs.
    .map((source: string) => decodeURIComponent(source).split(`${PROJECT}/`)[1] ?? source);
  assert(sources.includes("cli/run/run.ts"));
  const later = /^(?:cli\/doctor|cli\/completions|job\/conformance)\b/;
  const commands = sources.filter((source) => /^cli\/commands\//.test(source));
  assertEquals(sources.filter((source) => later.test(source)), []);
  assertEquals(commands, ["cli/commands/run.ts"]);
});

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

Deno.test("toolRecipe: the tool is bundled for the system and for jobsim", async () => {
  for (const kernel of ["system", "jobsim"] as const) {
    const { folder } = await bundleTool(await toolRecipe(kernel));
    const text = modulesOf(folder).map((path) => Deno.readTextFileSync(path)).join("");
    assertEquals(text.includes("jobsim.dll"), kernel === "jobsim");
    assertEquals(text.includes("not-bundled!"), false);
    const { sources } = JSON.parse(await Deno.readTextFile(`${folder}/${BUNDLE_FILE}.map`));
    assert(sources.includes(`file://${encodeURI(`/Z:${PROJECT}`)}/cli/main.ts`));
  }
});
