import { assertEquals } from "@std/assert";
import { type FactKind, sourceFacts } from "./source_facts.ts";

function texts(kind: FactKind, source: string): string[] {
  return sourceFacts("a.ts", source).flatMap((fact) => fact.kind === kind ? [fact.text] : []);
}

Deno.test("sourceFacts: a value of Deno and a worker are impure", () => {
  const source = `
    Deno.pid; const { os } = Deno.build; f(Deno); globalThis.Deno.exit(1);
    x instanceof Deno.errors.NotFound; new Worker(url);
  `;
  assertEquals(texts("impure", source), [
    "Deno.pid",
    "Deno.build",
    "Deno",
    "globalThis.Deno",
    "Deno.errors",
    "Worker",
  ]);
});

Deno.test("sourceFacts: types, comments, strings and properties named Deno are not", () => {
  const source = `
    /** Deno.dlopen */ // Deno.pid
    const a: Deno.ForeignFunction = b; type X = typeof Deno.dlopen;
    const s = "Deno.pid" + \`Deno.x\`; q.Deno; ({ Deno: 1 });
  `;
  assertEquals(texts("impure", source), []);
});

Deno.test("sourceFacts: dlopen and CloseHandle are found as members only", () => {
  const source = 'Deno.dlopen(p, {}); kernel32.CloseHandle(h); check(1, "CloseHandle"); // dlopen';
  assertEquals(texts("dlopen", source), ["Deno.dlopen"]);
  assertEquals(texts("CloseHandle", source), ["kernel32.CloseHandle"]);
});

Deno.test("sourceFacts: types, imports and re-exports are not statements", () => {
  const source = `
    import { a } from "./a.ts"; export type X = 1; export interface Y { z: 1 }
    export * from "./b.ts"; export type { Z } from "./c.ts";
  `;
  assertEquals(texts("statement", source), []);
  assertEquals(texts("re-export", source), ['export * from "./b.ts";']);
});

Deno.test("sourceFacts: constants, functions and classes are statements", () => {
  const source = "export const a = 1;\nfunction f() {}\nexport class C {}";
  assertEquals(texts("statement", source), [
    "export const a = 1;",
    "function f() {}",
    "export class C {}",
  ]);
});
