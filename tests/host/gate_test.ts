/**
 * The checks of the whole tree that are Deno's own, each as a test.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { run } from "../../tools/host/command.ts";
import { PROJECT } from "../../tools/host/project.ts";
import { stdFlags } from "../../tools/host/std.ts";

const ENTRIES = ["mod.ts", "ffi/mod.ts", "cli.ts"];

async function passes(subcommand: string, args: readonly string[]): Promise<void> {
  const flags = await stdFlags(subcommand);
  const { code, stdout, stderr } = await run([Deno.execPath(), subcommand, ...flags, ...args], {
    cwd: PROJECT,
  });
  assertEquals(code, 0, `${stdout}${stderr}`);
}

Deno.test("deno fmt finds nothing to change", () => passes("fmt", ["--check"]));

Deno.test("deno lint finds nothing", () => passes("lint", []));

Deno.test("deno check passes every file and every example of the entries' docs", () =>
  passes("check", ["--doc", ...ENTRIES, "tests/", "bench/"]));

Deno.test("deno check passes the examples of the README and of docs/", () =>
  passes("check", ["--doc-only", "README.md", "docs/module.md"]));

Deno.test("deno doc --lint finds every exported symbol documented", () =>
  passes("doc", ["--lint", ...ENTRIES]));

Deno.test("deno publish would publish the package, without slow types", () =>
  passes("publish", ["--dry-run", "--allow-dirty"]));
