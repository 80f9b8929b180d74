import { assertEquals } from "@std/assert";
import { childrenOf, parseStat } from "./processes.ts";

Deno.test("parseStat: the name may hold brackets and spaces", () => {
  const line = `42 (a) S 1 (b) S 7 8 9 ${"0 ".repeat(15)}123 0\n`;
  assertEquals(parseStat(line), { parent: 7, started: 123 });
});

Deno.test("parseStat: another text is none", () => {
  assertEquals(parseStat("nothing"), undefined);
});

Deno.test("childrenOf: finds a running child, and not an ended one", async () => {
  const child = new Deno.Command("cat", { stdin: "piped", stdout: "null" }).spawn();
  assertEquals(childrenOf(Deno.pid).includes(child.pid), true);
  await child.stdin.close();
  await child.status;
  assertEquals(childrenOf(Deno.pid).includes(child.pid), false);
});
