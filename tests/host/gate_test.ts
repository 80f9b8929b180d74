/**
 * The checks of the whole tree that are Deno's own, each as a test.
 *
 * @module
 */

import { assertEquals, assertNotEquals } from "@std/assert";
import { run } from "../../tools/host/command.ts";
import { PROJECT } from "../../tools/host/project.ts";
import { stdFlags } from "../../tools/host/std.ts";

const ENTRIES = ["mod.ts", "ffi/mod.ts", "cli.ts"];
const SOURCES = ["values/", "ffi/", "process/", "isolation/", "job/", "cli/"];

/** What `deno doc --json` says of an entry, as far as it is read here. */
interface Documentation {
  readonly nodes: Readonly<Record<string, { readonly symbols: readonly DocumentedSymbol[] }>>;
}

interface DocumentedSymbol {
  readonly name: string;
  readonly declarations: readonly (Documented & {
    readonly def?: {
      readonly methods?: readonly (Documented & {
        readonly name: string;
        readonly kind: string;
      })[];
    };
  })[];
}

interface Documented {
  readonly jsDoc?: { readonly tags?: readonly { readonly kind: string }[] };
}

/** The exported symbols of an entry. */
async function documentation(entry: string): Promise<DocumentedSymbol[]> {
  const flags = await stdFlags("doc");
  const { code, stdout, stderr } = await run(
    [Deno.execPath(), "doc", ...flags, "--json", entry],
    { cwd: PROJECT },
  );
  assertEquals(code, 0, stderr);
  const { nodes }: Documentation = JSON.parse(stdout);
  const symbols = Object.values(nodes).flatMap(({ symbols }) => symbols);
  assertNotEquals(symbols.length, 0);
  return symbols;
}

/** The exported names of an entry none of whose docs has an example. */
async function withoutExample(entry: string): Promise<string[]> {
  return (await documentation(entry))
    .filter(({ declarations }) =>
      !declarations.some(({ jsDoc }) => jsDoc?.tags?.some(({ kind }) => kind === "example"))
    )
    .map(({ name }) => name);
}

async function passes(subcommand: string, args: readonly string[]): Promise<void> {
  const flags = await stdFlags(subcommand);
  const { code, stdout, stderr } = await run([Deno.execPath(), subcommand, ...flags, ...args], {
    cwd: PROJECT,
  });
  assertEquals(code, 0, `${stdout}${stderr}`);
}

Deno.test("deno fmt finds nothing to change", () => passes("fmt", ["--check"]));

Deno.test("deno lint finds nothing", () => passes("lint", []));

Deno.test("deno check passes every file and every example of their docs", () =>
  passes("check", [
    ...["--doc", ...ENTRIES, ...SOURCES, "tests/", "tools/", "bench/"],
    ...["release/", "examples/", "action/"],
  ]));

Deno.test("deno check passes the examples of the README and of docs/", () =>
  passes("check", ["--doc-only", "README.md", "docs/module.md"]));

Deno.test("deno doc --lint finds every exported symbol documented", () =>
  passes("doc", ["--lint", ...ENTRIES]));

Deno.test("deno doc --html builds a page for every entry", async () => {
  const output = await Deno.makeTempDir();
  try {
    await passes("doc", ["--html", "--name=jobbox", `--output=${output}`, ...ENTRIES]);
    const pages = ["index.html", "~/JobObject.html", "ffi/~/OwnedHandle.html", "cli/index.html"];
    for (const page of pages) assertNotEquals((await Deno.stat(`${output}/${page}`)).size, 0, page);
  } finally {
    await Deno.remove(output, { recursive: true });
  }
});

Deno.test("deno publish would publish the package, without slow types", () =>
  passes("publish", ["--dry-run", "--allow-dirty"]));

Deno.test("deno doc finds an example for everything that mod.ts exports", async () => {
  assertEquals(await withoutExample("mod.ts"), []);
});

Deno.test("deno doc finds an example for everything that ffi/mod.ts exports", async () => {
  assertEquals(await withoutExample("ffi/mod.ts"), []);
});

Deno.test("deno doc finds what every method of mod.ts's classes throws", async () => {
  const found = (await documentation("mod.ts")).flatMap(({ name, declarations }) =>
    declarations.flatMap(({ def }) => def?.methods ?? []).filter((method) =>
      method.kind === "method" && !method.jsDoc?.tags?.some(({ kind }) => kind === "throws")
    ).map((method) => `${name}.${method.name}`)
  );
  // They do no more than set a mark.
  assertEquals(found, ["ChildProcess.ref", "ChildProcess.unref"]);
});
