import "../../../helpers/bound_kernel.ts";
import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { SHARED_PATIENCE, updateSharedFile } from "../../../../cli/terminal/shared_file.ts";
import { HeldFile } from "../../../../process/io/held_file.ts";
import { CHILD, jobbox, startJobbox } from "../../../helpers/jobbox_process.ts";
import { inFolder } from "../../../helpers/temporary_folder.ts";

/** A clock that does something at each wait, and moves by it. */
function clock(onWait: (waits: number) => unknown = () => {}, step = 10) {
  let waits = 0;
  return {
    elapsed: () => waits * step,
    after: (_: number, callback: () => void) => {
      onWait(++waits);
      setTimeout(callback, 1);
    },
  };
}

function names(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

/** Adds one to the number in a file. */
function increase(path: string, time = clock()): Promise<string | undefined> {
  const next = (old = "0") => ({ text: String(Number(old) + 1), rejectsOld: false });
  return updateSharedFile(path, next, time);
}

Deno.test("updateSharedFile: of many updates at once none is lost", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}\\sum.prom`;
    // One that was killed between writing and renaming has left this.
    Deno.writeTextFileSync(`${path}.new`, "torn".repeat(100));
    const results = await Promise.all(Array.from({ length: 20 }, () => increase(path)));
    assertEquals(results.every((result) => result === undefined), true);
    assertEquals(Deno.readTextFileSync(path), "20");
    assertEquals(names(folder), ["sum.prom", "sum.prom.lock"]);
  });
});

Deno.test("updateSharedFile: waits for the lock and for a reader, but not for ever", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}\\sum.prom`;
    for (const held of [`${path}.lock`, path]) {
      await increase(path);
      const holder = HeldFile.open(held);
      const before = Deno.readTextFileSync(path);
      await assertRejects(() => increase(path, clock(undefined, SHARED_PATIENCE)));
      assertEquals(Deno.readTextFileSync(path), before);
      const release = (waits: number) => waits === 2 && holder.close();
      await increase(path, clock(release));
      assertEquals(Deno.readTextFileSync(path), String(Number(before) + 1));
    }
    using _lock = HeldFile.open(`${path}.lock`);
    const late = () => increase(path, clock(undefined, SHARED_PATIENCE));
    await assertRejects(late, Error, "another program has held");
  });
});

Deno.test("updateSharedFile: the lock of a program that was killed is free", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}\\sum.prom`;
    const lock = `${path}.lock`;
    await using holder = startJobbox([
      ...["run", "-q", "--events", lock, "--", CHILD, "print", "ready", "sleepforever"],
    ]);
    await holder.line("ready");
    let isHeld = false;
    await increase(
      path,
      clock(() => {
        if (!isHeld) holder.kill("SIGKILL");
        isHeld = true;
      }),
    );
    assertEquals([isHeld, Deno.readTextFileSync(path)], [true, "1"]);
  });
});

Deno.test("updateSharedFile: an unreadable file is set aside unchanged", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}\\sum.prom`;
    Deno.writeTextFileSync(path, "torn\0\0");
    const reject = () => ({ text: "1", rejectsOld: true });
    const aside = await updateSharedFile(path, reject, clock());
    assertMatch(aside!, /sum\.prom\.bad-[0-9a-f]{8}$/);
    assertEquals(Deno.readTextFileSync(aside!), "torn\0\0");
    assertEquals(Deno.readTextFileSync(path), "1");
    Deno.removeSync(path);
    assertEquals(await updateSharedFile(path, reject, clock()), undefined);
  });
});

Deno.test("updateSharedFile: a file that cannot be written is an error, and nothing is lost", async () => {
  await inFolder(async (folder) => {
    await assertRejects(() => increase(`${folder}\\no\\sum.prom`));
    const path = `${folder}\\sum.prom`;
    Deno.mkdirSync(path);
    Deno.writeTextFileSync(`${path}\\kept`, "x");
    await assertRejects(() => increase(path));
    assertEquals(Deno.readTextFileSync(`${path}\\kept`), "x");
  });
});

Deno.test("--metrics: two runs at once are both counted, and a missing folder does not change the exit code", async () => {
  await inFolder(async (folder) => {
    const options = ["run", "--metrics", folder, "--", CHILD, "exit", "7"];
    const [first, second, lost] = await Promise.all([
      jobbox(options),
      jobbox(options),
      jobbox(["run", "-q", "--metrics", `${folder}\\no`, "--", CHILD, "exit", "7"]),
    ]);
    assertEquals([first.code, second.code, lost.code], [7, 7, 7]);
    assertEquals([first.err, second.err], ["", ""]);
    assertStringIncludes(lost.err, "jobbox: Cannot add the run to the metrics in");
    assertStringIncludes(lost.err, "there is no such folder: create it first");
    const text = Deno.readTextFileSync(`${folder}\\jobbox.prom`);
    assertStringIncludes(text, 'jobbox_runs_total{verdict="exited"} 2\n');
    assertEquals(names(folder), ["jobbox.prom", "jobbox.prom.lock"]);
  });
});
