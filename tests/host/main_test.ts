import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { DenoProcess, runDeno } from "../helpers/deno_process.ts";
import { PROJECT } from "../../tools/host/project.ts";

const MAIN = `${PROJECT}/tools/host/main.ts`;
const CHROOT = { JOBBOX_TEST_HOST_ENTER: "chroot" };

function main(...args: string[]): string[] {
  return ["run", "-A", MAIN, ...args];
}

Deno.test("main: every argument arrives as it was given", async () => {
  const wanted = [
    ...["", " ", "a b", "\t", '"', '""', 'a"b', "\\", "\\\\", 'a\\"', "a\\\\", "c:\\x y\\"],
    ...["%PATH%", "%%", "^", "&", "|", "<", ">", "(", "!x!", "*", "?", "*.ts", "$HOME", "`id`"],
    ...["ä", "日本語", "😀", "e\u0301", "a\nb", "-A", "--", "--config=x", "'", "~", "#", ";", "=x"],
  ];
  // Not Math.random: a failure must be there again in the next run.
  let state = 7;
  const next = (below: number): number => (state = (state * 48271) % 2147483647) % below;
  const alphabet = [...'ab \\"\t%^&|!ä😀'];
  for (let count = 0; count < 200; count++) {
    wanted.push(Array.from({ length: next(9) }, () => alphabet[next(alphabet.length)]).join(""));
  }
  const { code, stdout, stderr } = await runDeno(
    main("--bare", "eval", "console.log(JSON.stringify(Deno.args))", "--", ...wanted),
  );
  assertEquals(JSON.parse(stdout), wanted);
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
});

Deno.test("main: the exit code has the low 8 bits, and is never 0 for a failure", async () => {
  const found: number[] = [];
  for (const code of ["0", "7", "255", "256", "0x1_0007", "0xC0000005", "-1"]) {
    found.push((await runDeno(main("--bare", "eval", `Deno.exit(${code})`))).code);
  }
  assertEquals(found, [0, 7, 255, 1, 7, 5, 255]);
});

Deno.test("main: stdin and stdout carry every byte", async () => {
  const bytes = new Uint8Array(1_000_000).map((_, index) => (index * 7 + (index >> 8)) & 0xff);
  const { code, bytes: found } = await runDeno(
    main("--bare", "eval", "await Deno.stdin.readable.pipeTo(Deno.stdout.writable)"),
    { stdin: bytes },
  );
  assertEquals(code, 0);
  assertEquals(found, bytes);
});

Deno.test("main: the program is Windows Deno in the project, and a warm run adds no word", async () => {
  const { stdout, stderr } = await runDeno(
    main("--bare", "eval", "console.log(Deno.build.os, Deno.cwd()); console.error('mine')"),
  );
  assertEquals(stdout, `windows Z:${PROJECT.replaceAll("/", "\\")}\n`);
  assertEquals(stderr, "mine\n");
});

Deno.test("main: jobsim replaces job objects only, and nothing with --bare", async () => {
  const code = `import { dllPath } from "./ffi/dll.ts";
    console.log(dllPath("kernel32", "CreateJobObjectW"), dllPath("kernel32", "GetLastError"))`;
  const system = "C:\\Windows\\System32\\kernel32.dll";
  const simulated = `Z:${PROJECT.replaceAll("/", "\\")}\\tools\\host\\build\\jobsim.dll`;
  assertEquals((await runDeno(main("eval", code))).stdout, `${simulated} ${system}\n`);
  assertEquals((await runDeno(main("--bare", "eval", code))).stdout, `${system} ${system}\n`);
});

Deno.test("main: a missing file is Deno's own error and exit code", async () => {
  const { code, stderr } = await runDeno(main("--bare", "run", "nowhere.ts"));
  assertEquals(code, 1);
  assertMatch(stderr, /nowhere\.ts/);
});

Deno.test("main: a program that ends while it starts passes its code on, also on busy processors", async () => {
  // Wine's own process ended with 0 in one of eight such runs: see launch.c.
  const codes = await Promise.all(Array.from({ length: 4 }, async () => {
    const found: number[] = [];
    for (let count = 0; count < 6; count++) {
      found.push((await runDeno(main("--bare", "run", "nowhere.ts"))).code);
    }
    return found;
  }));
  assertEquals(codes.flat(), Array(24).fill(1));
});

const TALKER = `Deno.addSignalListener("SIGINT", () => {
    console.log("interrupted");
    setTimeout(() => Deno.exit(42), 300);
  });
  console.log("ready " + Deno.env.get("WINEPREFIX"));
  const input = new Uint8Array(1);
  await Deno.stdin.read(input);
  Deno.exit(9);`;

Deno.test("main: two runs at once have separate prefixes", async () => {
  await using first = new DenoProcess(main("--bare", "eval", TALKER));
  const one = await first.line("ready");
  await using second = new DenoProcess(main("--bare", "eval", TALKER));
  const other = await second.line("ready");
  assertNotEquals(one, other);
  await first.write("x");
  await second.write("x");
  assertEquals([(await first.end()).code, (await second.end()).code], [9, 9]);
});

for (const [way, env] of [["bubblewrap", {}], ["chroot", CHROOT]] as const) {
  Deno.test(`main: SIGINT is Ctrl-C for the program, once, by ${way}`, async () => {
    await using child = new DenoProcess(main("--bare", "eval", TALKER), { env });
    await child.line("ready");
    child.kill("SIGINT");
    const { code, stdout } = await child.end();
    assertEquals({ code, stdout: stdout.trim() }, { code: 42, stdout: "interrupted" });
  });

  Deno.test(`main: killing it ends everything and leaves the prefix usable, by ${way}`, async () => {
    const child = new DenoProcess(main("--bare", "eval", TALKER), { env });
    const prefix = (await child.line("ready")).slice("ready ".length);
    child.kill("SIGKILL");
    await child.end();
    // Every process inside holds this lock; it can be had when the last of them is gone.
    const alive = `${prefix.slice(0, prefix.lastIndexOf("/"))}/alive`;
    const gone = new Deno.Command("flock", { args: ["--timeout", "10", alive, "true"] });
    assertEquals((await gone.output()).code, 0);
    const { code, stderr } = await runDeno(main("--bare", "eval", "Deno.exit(3)"), { env });
    assertEquals({ code, stderr }, { code: 3, stderr: "" });
  });
}

Deno.test("main: Ctrl-C on a terminal reaches the program, which decides", async () => {
  const script = main("--bare", "eval", TALKER).map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  const child = new Deno.Command("script", {
    // No shell stays in between: some would end by the Ctrl-C that the program has answered.
    args: ["-qec", `exec '${Deno.execPath()}' ${script.join(" ")}`, "/dev/null"],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
    signal: AbortSignal.timeout(60_000),
  }).spawn();
  const stdin = child.stdin.getWriter();
  let output = "";
  let sent = false;
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    output += text;
    if (sent || !output.includes("ready")) continue;
    sent = true;
    await stdin.write(new Uint8Array([3]));
  }
  await stdin.close().catch(() => {});
  assertEquals((await child.status).code, 42);
  assertMatch(output, /interrupted/);
});

Deno.test("main: with chroot nothing differs and no mount is left", async () => {
  const mounts = Deno.readTextFileSync("/proc/self/mounts");
  const code = "console.log(JSON.stringify([Deno.args, Deno.cwd()])); Deno.exit(7)";
  const args = main("--bare", "eval", code, "--", "a b", 'q"', "日");
  const [plain, chroot] = [await runDeno(args), await runDeno(args, { env: CHROOT })];
  assertEquals(chroot.stderr, "");
  assertEquals(chroot.code, 7);
  assert(plain.stdout.includes('"a b"'));
  assertEquals(chroot.stdout, plain.stdout);
  assertEquals(Deno.readTextFileSync("/proc/self/mounts"), mounts);
});
