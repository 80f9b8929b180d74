import { assert, assertEquals, assertMatch } from "@std/assert";
import { DenoProcess, type DenoRun, runDeno } from "../helpers/deno_process.ts";
import { fileUrl } from "../helpers/file_path.ts";
import { CacheLock } from "../../tools/host/cache.ts";
import { PROJECT } from "../../tools/host/project.ts";

const MODULE = fileUrl(`${PROJECT}/tools/host/cache.ts`);

function making(make: string): string[] {
  return [
    "eval",
    `import { cached } from "${MODULE}";
     console.log("at " + await cached("thing", { what: "a thing", make: async (path) => {
       Deno.mkdirSync(path);
       Deno.writeTextFileSync(path + "/half", "");
       ${make}
       Deno.writeTextFileSync(path + "/whole", "");
     } }));`,
  ];
}

class Scratch implements Disposable {
  readonly folder = Deno.makeTempDirSync();
  readonly run: DenoRun = { env: { XDG_CACHE_HOME: this.folder } };
  readonly root = `${this.folder}/jobbox/host-1`;

  names(below = ""): string[] {
    return [...Deno.readDirSync(this.root + below)].map(({ name }) => name).toSorted();
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }
}

Deno.test("cached: makes a thing once, and returns it again", async () => {
  using scratch = new Scratch();
  const first = await runDeno(making("console.log('making');"), scratch.run);
  assertEquals(first.stdout, `making\nat ${scratch.root}/thing\n`);
  const again = await runDeno(making("console.log('making');"), scratch.run);
  assertEquals(again.stdout, `at ${scratch.root}/thing\n`);
  assertEquals(scratch.names("/thing"), ["half", "whole"]);
  assertEquals(scratch.names("/tmp"), []);
});

Deno.test("cached: a failure leaves nothing", async () => {
  using scratch = new Scratch();
  const { code, stderr } = await runDeno(making("throw new Error('no luck');"), scratch.run);
  assertEquals(code, 1);
  assertMatch(stderr, /no luck/);
  assertEquals(scratch.names(), ["locks", "tmp"]);
  assertEquals(scratch.names("/tmp"), []);
});

const STOP = "console.log('halfway'); await Deno.stdin.read(new Uint8Array(1));";

Deno.test("cached: a killed run leaves nothing half-made, and the next one makes it", async () => {
  using scratch = new Scratch();
  const child = new DenoProcess(making(STOP), scratch.run);
  await child.line("halfway");
  child.kill("SIGKILL");
  await child.end();
  assertEquals(scratch.names(), ["locks", "tmp"]);
  assertEquals(scratch.names("/tmp").length, 1);
  const next = await runDeno(making(""), scratch.run);
  assertEquals({ code: next.code, stderr: next.stderr }, { code: 0, stderr: "" });
  assertEquals(scratch.names(), ["locks", "thing", "tmp"]);
  assertEquals(scratch.names("/tmp"), []);
});

Deno.test("cached: of two runs at once the first makes it and the second waits", async () => {
  using scratch = new Scratch();
  await using first = new DenoProcess(making(STOP), scratch.run);
  await first.line("halfway");
  // Its first line on stderr says that it waits; sent to stdout so that the test can wait for it.
  await using second = new DenoProcess([], {
    ...scratch.run,
    through: [
      "sh",
      "-c",
      'deno="$1"; shift; exec "$deno" "$@" 2>&1',
      "sh",
      Deno.execPath(),
      ...making("throw 1;"),
    ],
  });
  await second.line("waiting for another run that makes a thing");
  await first.write("x");
  const ends = [await first.end(), await second.end()];
  assertEquals(ends.map(({ code }) => code), [0, 0]);
  assertEquals(ends.map(({ stdout }) => stdout), Array(2).fill(`at ${scratch.root}/thing\n`));
});

Deno.test("cacheRoot: ignores a relative XDG_CACHE_HOME, and says when HOME is missing", async () => {
  const code = `import { cacheRoot } from "${MODULE}"; console.log(cacheRoot())`;
  // Deno itself takes the relative folder, and would make it here.
  const DENO_DIR = Deno.env.get("DENO_DIR") ?? await Deno.makeTempDir();
  const relative = { XDG_CACHE_HOME: "x", HOME: "/nobody", DENO_DIR };
  assertEquals(
    (await runDeno(["eval", code], { env: relative })).stdout,
    "/nobody/.cache/jobbox/host-1\n",
  );
  const none = await runDeno(["eval", code], { env: { XDG_CACHE_HOME: "", HOME: "", DENO_DIR } });
  assertMatch(none.stderr, /Cannot find the cache folder: HOME is not set/);
});

Deno.test("CacheLock.share: several hold it at once, and none takes it exclusively meanwhile", async () => {
  const path = await Deno.makeTempFile();
  {
    using _one = await CacheLock.share(path);
    {
      using _other = await CacheLock.share(path);
      assertEquals(CacheLock.tryTake(path), undefined);
    }
    assertEquals(CacheLock.tryTake(path), undefined);
  }
  const alone = CacheLock.tryTake(path);
  assert(alone !== undefined);
  alone[Symbol.dispose]();
  await Deno.remove(path);
});
