import { assertEquals, assertMatch } from "@std/assert";
import { CHILD, jobbox, startJobbox, uniqueName } from "../../../helpers/jobbox_process.ts";

const WORD = "x".repeat(120);

Deno.test("jobbox ps and events: show whole command lines, and the exit codes of ended processes", async () => {
  const name = uniqueName();
  const child = CHILD.replaceAll("/", "\\");
  await using run = startJobbox([
    ...["run", "--name", name, "--", child, "spawn", "1", "--", "print", WORD, "sleepforever", ";"],
    ...["print", "ready", "sleepforever"],
  ]);
  await run.line("ready");
  const listed = JSON.parse((await jobbox(["ps", "--json", name])).out) as {
    commandLine?: string;
    pid: number;
  }[];
  assertEquals(listed.length, 2);
  for (const { commandLine } of listed) assertMatch(commandLine ?? "", /child\.exe"? /);
  const table = (await jobbox(["ps", name])).out.trimEnd().split(/\r?\n/);
  assertEquals(table.filter((line) => line.includes(WORD)).length, 2);

  await using events = startJobbox(["events", name]);
  await events.line("newProcess");
  await jobbox(["kill", "--exit-code", "7", name]);
  const { stdout } = await events.end();
  const codes = stdout.trim().split(/\r?\n/).map((line) => JSON.parse(line))
    .filter(({ type }) => type === "exitProcess").map(({ code }) => code);
  assertEquals(codes, [7, 7]);
  assertEquals((await run.end()).code, 143);
});

Deno.test("jobbox stats and ps: reads and writes that are not counted are shown as unknown", async () => {
  const name = uniqueName();
  await using run = startJobbox([
    ...["run", "--name", name, "--", CHILD, "print", "ready", "sleepforever"],
  ]);
  await run.line("ready");
  const stats = JSON.parse((await jobbox(["stats", "--json", name])).out);
  const text = (await jobbox(["stats", name])).out;
  const [{ usage }] = JSON.parse((await jobbox(["ps", "--json", name])).out);
  // Whether this system counts them or not: all three say the same.
  const isKnown = stats.io !== undefined;
  assertEquals(/read +not known/.test(text), !isKnown, text);
  if (isKnown) assertMatch(text, /read +\S+ \S+ in /);
  else assertEquals(usage.io, undefined);
  await jobbox(["kill", name]);
  await run.end();
});
