/** The permissions that a program importing the module needs, tested in a separate program. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { type DenoOutput, runDeno } from "./deno_process.ts";
import { filePath } from "./file_path.ts";

function runScoped(flags: readonly string[]): Promise<DenoOutput> {
  const file = filePath(new URL("./scoped_program.ts", import.meta.url));
  return runDeno(["run", "--no-prompt", "--no-check", ...flags, file]);
}

/**
 * The permission is enough to spawn, wait and terminate.
 *
 * @param kernel The DLLs that are granted, as `--allow-ffi` takes them.
 * @param flags Flags of Deno by which the program gets the same kernel as the test.
 */
export async function assertEnough(kernel: string, flags: readonly string[] = []): Promise<void> {
  const { code, stdout, stderr } = await runScoped([...flags, `--allow-ffi=${kernel}`]);
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  assertEquals(JSON.parse(stdout), {
    code: 7,
    text: "hello",
    alive: 1,
    ended: 9,
    seen: ["newProcess", "exitProcess", "activeProcessZero"],
  });
}

/**
 * Without the permission the first call says what is needed.
 *
 * @param flags Flags of Deno by which the program gets the same kernel as the test.
 */
export async function assertNeeded(flags: readonly string[] = []): Promise<void> {
  for (const permissions of [[], ["--allow-ffi=C:\\Windows\\System32\\user32.dll"]]) {
    const { code, stderr } = await runScoped([...flags, ...permissions]);
    assertEquals(code, 1);
    assertStringIncludes(stderr, "NotCapable");
    assertStringIncludes(stderr, "kernel32.dll");
  }
}
