import { assertEquals } from "@std/assert";
import { once } from "../../../job/conformance/once.ts";

Deno.test("once: makes the value at the first use and keeps it, whatever it is", () => {
  let made = 0;
  const get = once(() => {
    made++;
    return undefined;
  });
  assertEquals(made, 0);
  assertEquals([get(), get(), made], [undefined, undefined, 1]);
});
