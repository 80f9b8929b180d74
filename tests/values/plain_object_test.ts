import { assertEquals } from "@std/assert";
import { className, plainKeys } from "../../values/plain_object.ts";

Deno.test("plainKeys: own and inherited keys, enumerable or not, each once", () => {
  const hidden = Object.defineProperty({ b: 1 }, "a", { value: 2, enumerable: false });
  assertEquals(plainKeys({}), []);
  assertEquals(plainKeys({ a: 1, b: undefined }), ["a", "b"]);
  assertEquals(plainKeys(hidden)!.toSorted(), ["a", "b"]);
  assertEquals(plainKeys(Object.create(hidden, { c: { value: 3 } }))!.toSorted(), ["a", "b", "c"]);
  assertEquals(plainKeys(Object.create({ a: 1 }, { a: { value: 2 } })), ["a"]);
  assertEquals(plainKeys(Object.assign(Object.create(null), { a: 1 })), ["a"]);
  assertEquals(plainKeys(Object.create(Object.assign(Object.create(null), { a: 1 }))), ["a"]);
  assertEquals(plainKeys({ [Symbol.toStringTag]: "x" }), []);
  assertEquals(plainKeys(JSON.parse('{"__proto__": 1, "constructor": 2}')), [
    "__proto__",
    "constructor",
  ]);
  assertEquals(plainKeys(new Proxy({ a: 1 }, {})), ["a"]);
});

Deno.test("plainKeys: undefined for anything but a plain object, and className names its class", () => {
  class Options {
    limits = {};
  }
  const instances: [object, string][] = [
    [new Date(), "Date"],
    [new Map([["a", 1]]), "Map"],
    [new Set(), "Set"],
    [new Options(), "Options"],
    [Object.create(new Options()), "Options"],
    [new Uint8Array(1), "Uint8Array"],
    [new Error("x"), "Error"],
    [Object("x"), "String"],
    [Promise.resolve(), "Promise"],
    [/x/, "RegExp"],
    [Object.create([]), "Array"],
  ];
  for (const [value, name] of instances) {
    assertEquals([plainKeys(value), className(value)], [undefined, name]);
  }
  for (const value of [null, undefined, 1, "x", 5n, Symbol("x"), [], ["a"], () => {}]) {
    assertEquals(plainKeys(value), undefined);
  }
  assertEquals(plainKeys(Object.setPrototypeOf([1], null)), undefined);
  assertEquals(className(new (class {})()), undefined);
});

Deno.test("plainKeys: an endless chain of prototypes is not a plain object", () => {
  const endless: object = new Proxy({}, { getPrototypeOf: () => endless });
  assertEquals([plainKeys(endless), className(endless)], [undefined, undefined]);
  let long = {};
  for (let at = 0; at < 101; at++) long = Object.create(long);
  assertEquals(plainKeys(long), undefined);
});
