import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import {
  describe,
  misspelled,
  readArray,
  readBoolean,
  type Readers,
  readOptions,
  readPath,
  readSignal,
  readString,
  readUint32,
  readWord,
  snapshot,
} from "../../values/options.ts";

interface Options {
  name?: string;
  on?: boolean;
  count?: number;
  kind?: "big" | "small";
  list?: string[];
}

const READERS: Readers<Options> = {
  name: readString,
  on: readBoolean,
  count: readUint32,
  kind: readWord(["big", "small"]),
  list: readArray(readString),
};

const read = (given: unknown): Options =>
  readOptions(given, READERS, { action: "Cannot make a thing" });

Deno.test("readOptions: returns a copy of the given options, and nothing else", () => {
  const given = { name: "a", on: false, count: 0, kind: "big", list: ["x"] };
  const got = read(given);
  assertEquals(got, given as Options);
  given.list.push("y");
  assertEquals(got.list, ["x"]);
  assertEquals(Object.keys(read({ name: undefined, on: true })), ["on"]);
  assertEquals(read({}), {});
  // assertEquals distinguishes -0 from 0, as foreign calls do.
  assertEquals(read({ count: -0 }), { count: 0 });
});

Deno.test("readOptions: a wrong type is named, with the option and the value", () => {
  const wrong: [object, string][] = [
    [{ name: 5 }, "options.name must be a string, got 5"],
    [{ name: null }, "options.name must be a string, got null"],
    [{ on: 1 }, "options.on must be a boolean, got 1"],
    [{ on: "yes" }, 'options.on must be a boolean, got "yes"'],
    [{ count: "1" }, 'options.count must be a whole number from 0 to 4294967295, got "1"'],
    [{ kind: "medium" }, 'options.kind must be one of big, small, got "medium"'],
    [{ list: "x" }, 'options.list must be an array, got "x"'],
    [{ list: ["x", 5n] }, "options.list[1] must be a string, got 5n"],
  ];
  for (const [given, says] of wrong) {
    assertThrows(() => read(given), TypeError, `Cannot make a thing: ${says}`);
  }
  for (const count of [-1, 1.5, NaN, 2 ** 32]) {
    assertThrows(() => read({ count }), RangeError, `options.count must be a whole number`);
  }
  for (const given of [undefined, null, "x", 5, [], () => {}]) {
    assertThrows(() => read(given), TypeError, "Cannot make a thing: options must be an object");
  }
});

Deno.test("readOptions: an unknown key is refused, with a suggestion", () => {
  assertThrows(
    () => read({ nmae: "x" }),
    TypeError,
    'Cannot make a thing with "nmae": options has no such part, only name, on, count, kind, list; ' +
      "did you mean name?",
  );
  assertThrows(() => read({ banana: undefined }), TypeError, 'with "banana": options has no such');
  // A key that every object has is not an option.
  assertThrows(() => read({ toString: 1 }), TypeError, "no such part");
  const long = "\u001b[2J".repeat(1_000_000);
  const { message } = assertThrows(() => read({ [long]: 1 }), TypeError);
  assert(message.length < 300);
  assertMatch(message, /^\P{Cc}+$/u);
});

Deno.test("readOptions: each key is read once, inherited and hidden ones too", () => {
  let reads = 0;
  const given = {
    get name(): string {
      return ++reads === 1 ? "first" : "second";
    },
  };
  assertEquals([read(given).name, reads], ["first", 1]);
  assertEquals(read(Object.create(given)).name, "second");
  assertEquals(read(Object.defineProperty({}, "on", { value: true })), { on: true });
  assertEquals(read(Object.create({ on: true }, { count: { value: 1 } })), { on: true, count: 1 });
  assertThrows(() => read(Object.create({ nmae: "x" })), TypeError, "did you mean name?");
  assertThrows(() => read(Object.defineProperty({}, "x", { value: 1 })), TypeError, 'with "x"');
  class Made {
    name = "x";
  }
  for (const [value, name] of [[new Made(), "Made"], [new Map(), "Map"], [new Date(), "Date"]]) {
    assertThrows(
      () => read(value),
      TypeError,
      "options must be an object of name, on, count, kind, list, written as a literal, got an " +
        `instance of "${name}"`,
    );
  }
});

Deno.test("snapshot: each property is read once, even if its value changes later", () => {
  let reads = 0;
  const given = {
    get jobMemory(): number | undefined {
      return ++reads === 1 ? 5e6 : undefined;
    },
    cpu: Object.create({
      get hardCap(): number {
        return ++reads;
      },
    }),
    ui: ["desktop"],
  };
  const got = snapshot(given);
  given.ui.push("handles");
  assertEquals(got, { jobMemory: 5e6, cpu: { hardCap: 2 }, ui: ["desktop"] });
  assertEquals(reads, 2);
  const passedOn = [1, "x", null, undefined, 3n, new Date(), new Map()];
  for (const value of passedOn) assertEquals(snapshot(value), value);
  const proto = JSON.parse('{"__proto__":{"killOnClose":true}}');
  assertEquals(Object.keys(snapshot(proto) as object), ["__proto__"]);
  assertEquals((snapshot(proto) as { killOnClose?: boolean }).killOnClose, undefined);
});

Deno.test("describe: shows any value as in a program, in at most 100 units", () => {
  assertEquals(describe({ mask: 3n, group: 0 }), "{ mask: 3n, group: 0 }");
  assertEquals([describe(3n), describe("x"), describe(undefined)], ["3n", `"x"`, "undefined"]);
  assertEquals([describe([]), describe({}), describe(NaN)], ["[]", "{}", "NaN"]);
  const circle: { self?: unknown } = {};
  circle.self = circle;
  const awkward = [
    "x".repeat(10_000_000),
    circle,
    Array(1_000_000).fill("long text of an item"),
    2n ** 1_000_000n,
    Symbol("x"),
    () => {},
    { "a\u202eb": "\u001b[2J" },
    new Proxy({}, {
      ownKeys() {
        throw new Error("not you");
      },
    }),
  ];
  for (const value of awkward) {
    const text = describe(value);
    assert(text.length <= 100, text);
    assertMatch(text, /^[^\p{Cc}\p{Cf}\u2028\u2029]+$/u);
  }
});

Deno.test("misspelled: finds a different case, swapped letters, and a letter too many, too few or wrong", () => {
  const names = ["jobMemory", "name", "hardCap"];
  for (const word of ["jobmemory", "jobMemry", "jobMemoory", "jobMemorx", "jboMemory"]) {
    assertEquals(misspelled(word, names), "jobMemory");
  }
  assertEquals(misspelled("nme", names), "name");
  assertEquals(misspelled("hardCpa", names), "hardCap");
  for (const word of ["memory", "jobMmry", "nam1e2", "", "nanana", "maen"]) {
    assertEquals(misspelled(word, names), undefined, word);
  }
});

Deno.test("misspelled: reads only the beginning of a long word", () => {
  const slices: (number | undefined)[][] = [];
  class Word extends String {
    override slice(start?: number, end?: number): string {
      slices.push([start, end]);
      return super.slice(start, end);
    }
    override toLowerCase(): string {
      throw new Error("the whole word was read");
    }
  }
  const word = new Word("memory".repeat(1000)) as unknown as string;
  assertEquals(misspelled(word, ["memory"]), undefined);
  const [[start, end]] = slices as [[number, number]];
  assertEquals([slices.length, start], [1, 0]);
  assert(end <= 100);
});

Deno.test("readSignal, readPath: accept the right types, and copy what can change", () => {
  const { signal } = new AbortController();
  assertEquals(readSignal(signal, "signal", "Cannot"), signal);
  assertThrows(
    () => readSignal(5, "options.signal", "Cannot wait"),
    TypeError,
    "Cannot wait: options.signal must be an AbortSignal, got 5",
  );
  const url = new URL("file:///C:/a");
  const path = readPath(url, "cwd", "Cannot");
  url.pathname = "/C:/b";
  assertEquals(String(path), "file:///C:/a");
  assertThrows(() => readPath(undefined, "command", "Cannot start"), TypeError, "got undefined");
});
