import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { HostError } from "../../tools/host/host_error.ts";
import {
  buildNative,
  hostTargets,
  jobsimTestTarget,
  nativeTargets,
} from "../../tools/host/native.ts";

class Project implements Disposable {
  readonly folder = Deno.makeTempDirSync();

  write(path: string, text: string): void {
    const file = `${this.folder}/${path}`;
    Deno.mkdirSync(file.slice(0, file.lastIndexOf("/")), { recursive: true });
    Deno.writeTextFileSync(file, text);
  }

  /** Tells one build of a file from another. */
  inode(path: string): number | null {
    return Deno.statSync(`${this.folder}/${path}`).ino;
  }

  async build(keepOlder = false): Promise<void> {
    await buildNative(nativeTargets(this.folder), { keepOlder });
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }
}

const CHILD = "tests/children/build/a.exe";
const PROGRAM = '#include "x.h"\nint wmain(void) { return X; }';

Deno.test("nativeTargets: jobsim without its tests, and every child, which a run of the tool does not need", () => {
  using project = new Project();
  assertEquals(nativeTargets(project.folder), []);
  for (const path of ["c.c", "b.c", "a.h", "tests/t.c"]) {
    project.write(`tools/jobsim/${path}`, "");
  }
  project.write("tests/children/a.c", "");
  const found = nativeTargets(project.folder).map(({ output, sources }) =>
    [output, ...sources].map((path) => path.slice(project.folder.length + 1)).join(" ")
  );
  assertEquals(found, [
    "tools/host/build/jobsim.dll tools/jobsim/b.c tools/jobsim/c.c",
    "tests/children/build/a.exe tests/children/a.c",
  ]);
  assertEquals(hostTargets(project.folder), nativeTargets(project.folder).slice(0, 1));
});

Deno.test("jobsimTestTarget: depends on the headers of jobsim too", () => {
  using project = new Project();
  for (const path of ["a.h", "a.c", "tests/t.c", "tests/t.h"]) {
    project.write(`tools/jobsim/${path}`, "");
  }
  const { sources, alsoReads } = jobsimTestTarget(project.folder);
  const names = (paths: readonly string[]): string[] =>
    paths.map((path) => path.slice(project.folder.length + "/tools/jobsim/".length));
  assertEquals([names(sources), names(alsoReads)], [["tests/t.c"], ["tests/t.h", "a.h"]]);
});

Deno.test("buildNative: builds what changed, its headers too, and nothing else", async () => {
  using project = new Project();
  project.write("tests/children/a.c", PROGRAM);
  project.write("tests/children/x.h", "#define X 1");
  await project.build();
  const first = project.inode(CHILD);
  await project.build();
  assertEquals(project.inode(CHILD), first);
  project.write("tests/children/x.h", "#define X 2");
  await project.build();
  assertEquals(project.inode(CHILD) === first, false);
  const names = [...Deno.readDirSync(`${project.folder}/tests/children/build`)];
  assertEquals(names.map(({ name }) => name).toSorted(), ["a.exe", "a.exe.digest"]);
});

Deno.test("buildNative: a source that does not compile is refused with the compiler's message", async () => {
  using project = new Project();
  project.write("tests/children/a.c", "int wmain(void) { return undeclared_name; }");
  const error = await assertRejects(() => project.build(true), HostError);
  assertMatch(error.toLine(), /Cannot build a\.exe: .*undeclared_name/);
});

Deno.test("buildNative: keeps an older build only on request, and tries again", async () => {
  using project = new Project();
  project.write("tests/children/a.c", "int wmain(void) { return 1; }");
  await project.build();
  const first = project.inode(CHILD);
  project.write("tests/children/a.c", "int wmain(void) {");
  await project.build(true);
  assertEquals(project.inode(CHILD), first);
  await assertRejects(() => project.build(), HostError);
});
