import { assertEquals } from "@std/assert";
import { faultsOf, Verdicts } from "../../tools/proof/verdicts.ts";

Deno.test("faultsOf: a name says what stands where, on any line, and no two have the same", () => {
  const names = (source: string): string[] => faultsOf("a.ts", source).map(({ name }) => name);
  const name = "a.ts swap a truth: x = true; -> x = false;";
  assertEquals(names("x = true;"), [name]);
  assertEquals(names("\n  x = true;\n  x = true;"), [name, `${name} (2)`]);
});

Deno.test("Verdicts: without a file they are kept as long as the trial runs", () => {
  const verdicts = new Verdicts(undefined);
  verdicts.add("a", "noticed");
  assertEquals([verdicts.of("a"), verdicts.of("b")], ["noticed", undefined]);
});
