/** The C compiler for Windows, as the judge of our tables. */

import { filePath } from "../helpers/file_path.ts";
import { compilerCommand } from "../../tools/host/native.ts";

/** What the compiler said. */
export interface Verdict {
  /** Whether all of it compiled. */
  readonly ok: boolean;
  /** One line an error, without the place; empty when all of it compiled. */
  readonly errors: readonly string[];
}

/** The headers that a source needs beyond `windows.h`. */
export interface CompileOptions {
  /** Whether `missing.h` is there; `true` when absent. */
  readonly missing?: boolean;
  /** Whether `ntstatus.h` takes the place of the few status codes that `winnt.h` has. */
  readonly status?: boolean;
}

const HEADERS = [
  ...["winternl.h", "tlhelp32.h", "psapi.h", "stddef.h"],
  // What isolation needs.
  ...["sddl.h", "aclapi.h", "userenv.h"],
];

function preamble({ missing = true, status = false }: CompileOptions): string {
  return [
    ...(status ? ["#define WIN32_NO_STATUS"] : []),
    "#include <windows.h>",
    ...(status ? ["#undef WIN32_NO_STATUS", "#include <ntstatus.h>"] : []),
    ...HEADERS.map((name) => `#include <${name}>`),
    ...(missing ? ['#include "missing.h"'] : []),
    "#define SAME_TYPE(a, b) __builtin_types_compatible_p(a, b)",
  ].join("\n");
}

/**
 * Compiles claims against the Windows headers.
 *
 * @throws {Error} If the compiler is not installed, or fails in another way than by errors.
 */
export async function compile(claims: string, options: CompileOptions = {}): Promise<Verdict> {
  const folder = filePath(new URL(".", import.meta.url));
  const [program = "", ...words] = await compilerCommand("to check the tables", folder);
  const process = new Deno.Command(program, {
    args: [
      ...words,
      "-xc",
      "-std=gnu11",
      "-fsyntax-only",
      "-fno-diagnostics-show-caret",
      "-I.",
      "-",
    ],
    cwd: folder,
    env: { LC_ALL: "C" },
    stdin: "piped",
    stderr: "piped",
  }).spawn();
  const writer = process.stdin.getWriter();
  await writer.write(new TextEncoder().encode(`${preamble(options)}\n${claims}\n`));
  await writer.close();
  const { success, stderr } = await process.output();
  const text = new TextDecoder().decode(stderr);
  const errors = [...text.matchAll(/^[^ ].*?: (?:fatal )?error: (.*)$/gm)].map(([, line]) => line!);
  if (success !== (errors.length === 0)) {
    throw new Error(`Cannot judge the claims: the compiler ended with ${success} and said ${text}`);
  }
  return { ok: success, errors };
}
