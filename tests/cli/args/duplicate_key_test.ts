import { assertEquals } from "@std/assert";
import { duplicateKey } from "../../../cli/args/duplicate_key.ts";

Deno.test("duplicateKey: finds a key that occurs twice in one object", () => {
  const cases: [string, string | undefined][] = [
    ["{}", undefined],
    ['{"a":1,"b":2}', undefined],
    ['{"a":1,"b":2,"a":3}', "a"],
    ['{"a":{"a":1},"b":[{"a":1},{"a":2}]}', undefined],
    ['{"a":[{"x":1,"y":2,"x":3}]}', "x"],
    ['{"a":"b","b":"a"}', undefined],
    ['["a","a"]', undefined],
    ['{"a":"\\",\\"a\\":{", "b":"]}"}', undefined],
    ['{"\\u0061":1,"a"\n:2}', "a"],
    ['{"a\\\\":1,"a\\\\":2}', "a\\"],
    ['{"__proto__":1,"constructor":2}', undefined],
  ];
  for (const [json, key] of cases) {
    JSON.parse(json);
    assertEquals(duplicateKey(json), key, json);
  }
});

Deno.test("duplicateKey: its time grows only with the length of the text", () => {
  const long = JSON.stringify({ ["k".repeat(8_000_000)]: "\\".repeat(2_000_000) });
  assertEquals(duplicateKey(long), undefined);
  const many = JSON.stringify(
    Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [i, i])),
  );
  assertEquals(duplicateKey(many), undefined);
});
