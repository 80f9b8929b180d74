import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  decodeEnvironmentBlock,
  encodeEnvironmentBlock,
  ENVIRONMENT_VARIABLE_MAX,
  type EnvironmentEntry,
  mergeEnvironment,
  REQUIRED_VARIABLES,
  variableKey,
} from "../../../process/start/environment_block.ts";
import { Random } from "../../helpers/random.ts";

function units(text: string): number[] {
  return Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));
}

Deno.test("encodeEnvironmentBlock: strings in order, each with NUL, and one more NUL", () => {
  const block = encodeEnvironmentBlock([["b", "2"], ["A", "1"], ["=C:", "C:\\x"], ["c", ""]]);
  assertEquals([...block], units("=C:=C:\\x\0A=1\0b=2\0c=\0\0"));
});

Deno.test("encodeEnvironmentBlock: no variable at all is two NULs", () => {
  assertEquals([...encodeEnvironmentBlock([])], [0, 0]);
});

Deno.test("encodeEnvironmentBlock: sorts by the units of the upper-case name", () => {
  const names = ["_", "a_", "AB", "aC", "é", "1", "\uffee", "\ud83d\ude00", "ab1"];
  const sorted = decodeEnvironmentBlock(encodeEnvironmentBlock(names.map((n) => [n, ""])))
    .map(([name]) => name);
  // "_" is above the upper-case letters and below the lower-case ones; surrogates are below U+FFEE
  assertEquals(sorted, ["1", "AB", "ab1", "aC", "a_", "_", "é", "\ud83d\ude00", "\uffee"]);
});

Deno.test("encodeEnvironmentBlock: the last of several names that differ only in case wins", () => {
  const block = encodeEnvironmentBlock([["Path", "1"], ["É", "a"], ["PATH", "2"], ["é", "b"]]);
  assertEquals(decodeEnvironmentBlock(block), [["PATH", "2"], ["é", "b"]]);
});

Deno.test("encodeEnvironmentBlock: what cannot be encoded is a TypeError that names the variable", () => {
  const cases: [EnvironmentEntry, string][] = [
    [["", "x"], 'variable "": expected a name'],
    [["=", "x"], 'variable "=": expected a name'],
    [["a=b", "x"], 'variable "a=b": expected a name without "=", got one at index 1'],
    [["=C:=", "x"], 'variable "=C:=": expected a name without "="'],
    [["a\0", "x"], 'variable "a\\u0000": expected no NUL character in the name'],
    [["a", "x\0y"], 'variable "a": expected no NUL character in the value, got one at index 1'],
  ];
  for (const [entry, text] of cases) {
    const error = assertThrows(() => encodeEnvironmentBlock([entry]), TypeError);
    assertStringIncludes(error.message, text);
    assertThrows(() => mergeEnvironment([], { [entry[0]]: entry[1] }), TypeError);
  }
});

Deno.test("mergeEnvironment: the longest variable that is set has 32,767 units with its NUL", () => {
  const longest = "x".repeat(ENVIRONMENT_VARIABLE_MAX - 3);
  assertEquals(mergeEnvironment([], { a: longest }), [["a", longest]]);
  const error = assertThrows(() => mergeEnvironment([], { a: longest + "x" }), RangeError);
  assertStringIncludes(error.message, 'variable "a"');
  assertStringIncludes(error.message, "got 32768");
});

Deno.test("mergeEnvironment: an inherited variable is passed on, whatever it is", () => {
  const base: EnvironmentEntry[] = [["BIG", "x".repeat(40_000)], ["=", "odd"], ["Path", "1"]];
  const merged = mergeEnvironment(base, { A: "1" });
  assertEquals(merged, [...base, ["A", "1"]]);
  assertEquals(
    decodeEnvironmentBlock(encodeEnvironmentBlock(merged.filter(([name]) => name !== "="))).length,
    3,
  );
  // Of two spellings the first is the one that the system finds; setting another changes nothing.
  assertEquals(mergeEnvironment([["Path", "1"], ["PATH", "2"]], { A: "1" }), [
    ["Path", "1"],
    ["A", "1"],
  ]);
});

Deno.test("mergeEnvironment: the last of several overrides of one name wins", () => {
  assertEquals(mergeEnvironment([["Foo", "0"]], { FOO: "1", foo: "2" }), [["foo", "2"]]);
  assertEquals(mergeEnvironment([], { FOO: "1", foo: null }), []);
  assertEquals(mergeEnvironment([], { FOO: null, foo: "2" }), [["foo", "2"]]);
});

Deno.test("decodeEnvironmentBlock: gives back any set of variables, lone surrogates too", () => {
  const random = new Random(22);
  const alphabet = ["a", "Z", "_", "é", "ß", "日", "\ud83d", " ", "%", "1"] as [
    string,
    ...string[],
  ];
  for (let i = 0; i < 500; i++) {
    const entries = new Map(
      random.list(0, 8, (): [string, string] => {
        const name = random.list(1, 4, () => random.pick(alphabet)).join("");
        return [
          variableKey(name),
          random.list(0, 5, () => random.pick([...alphabet, "="])).join(""),
        ];
      }),
    );
    const back = decodeEnvironmentBlock(encodeEnvironmentBlock(entries));
    assertEquals(new Map(back), entries);
    assertEquals(back.map(([name]) => name), [...entries.keys()].sort());
  }
});

Deno.test("decodeEnvironmentBlock: stops at the empty string and at the end, and skips strings that are not variables", () => {
  assertEquals(decodeEnvironmentBlock(Uint16Array.from(units("a=1\0\0b=2\0\0"))), [["a", "1"]]);
  assertEquals(decodeEnvironmentBlock(Uint16Array.from(units("a=1\0b=2"))), [["a", "1"], [
    "b",
    "2",
  ]]);
  assertEquals(decodeEnvironmentBlock(Uint16Array.from(units("odd\0a=1\0\0"))), [["a", "1"]]);
  assertEquals(decodeEnvironmentBlock(Uint16Array.from(units("=::=::\\\0a==\0\0"))), [
    ["=::", "::\\"],
    ["a", "="],
  ]);
  assertEquals(decodeEnvironmentBlock(new Uint16Array(0)), []);
});

Deno.test("variableKey: one unit in, one unit out, and nothing becomes an ASCII letter", () => {
  assertEquals(variableKey("Path_ä1"), "PATH_Ä1");
  assertEquals(variableKey("ßıſ"), "ßıſ");
  for (let unit = 0x80; unit < 0x10000; unit++) {
    const key = variableKey(String.fromCharCode(unit));
    assert(key.length === 1 && key.charCodeAt(0) >= 0x80, unit.toString(16));
  }
});

Deno.test("mergeEnvironment: a string sets and null removes, ignoring case", () => {
  const merged = mergeEnvironment([["Path", "1"], ["TEMP", "2"], ["=C:", "C:\\"]], {
    PATH: "9",
    temp: null,
    New: "x",
    absent: null,
  });
  assertEquals(merged, [["PATH", "9"], ["=C:", "C:\\"], ["New", "x"]]);
});

Deno.test("mergeEnvironment: clear keeps the required variables, unless null removes them", () => {
  const base: EnvironmentEntry[] = [
    ["SystemRoot", "C:\\Windows"],
    ["Path", "p"],
    ["SECRET", "s"],
    ["=C:", "C:\\"],
  ];
  assertEquals(mergeEnvironment(base, { A: "1" }, { clear: true }), [
    ["SystemRoot", "C:\\Windows"],
    ["Path", "p"],
    ["A", "1"],
  ]);
  assertEquals(mergeEnvironment(base, { PATH: null, systemroot: "D:" }, { clear: true }), [
    ["systemroot", "D:"],
  ]);
  for (const name of REQUIRED_VARIABLES) assertEquals(variableKey(name), name);
});
