import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../cli/args/usage_error.ts";
import { environmentOf, parseVariables, withoutVariables } from "../../../cli/args/variables.ts";
import type { Setting } from "../../../cli/args/settings.ts";

function setting(name: string, value: string): Setting {
  return { name, value, from: `--${name}` };
}

Deno.test("environmentOf: later variables win, and an invalid variable is refused", () => {
  const variables = environmentOf([
    setting("env", "A=1"),
    setting("unset-env", "A"),
    setting("unset-env", "B"),
    setting("env", "B="),
    setting("quiet", ""),
  ]);
  assertEquals(variables, { A: null, B: "" });
  for (const [name, value] of [["env", "A"], ["env", "=A"], ["unset-env", "A=1"]] as const) {
    assertThrows(() => environmentOf([setting(name, value)]), UsageError, `--${name}: Cannot `);
  }
});

Deno.test("environmentOf: names are compared without case, and the last value counts", () => {
  const of = (...texts: string[]) => environmentOf(texts.map((text) => setting("env", text)));
  assertEquals(of("FOO=1", "foo=2", "FOO=3"), { FOO: "3" });
  assertEquals(of("FOO=1", "ä=1", "foo=2", "Ä=2"), { foo: "2", Ä: "2" });
  assertEquals(environmentOf([setting("env", "FOO=1"), setting("unset-env", "foo")]), {
    foo: null,
  });
  assertEquals(environmentOf([setting("unset-env", "foo"), setting("env", "FOO=1")]), { FOO: "1" });
  const odd = of("__proto__=1", "constructor=2");
  assertEquals(Object.entries(odd), [["__proto__", "1"], ["constructor", "2"]]);
});

Deno.test("environmentOf: an obviously wrong name is refused with its position", () => {
  const cases: [string, string][] = [
    ["export A=1", '"export A": expected a name without white space; leave out "export"'],
    ["B = 2", '"B ": expected a name without white space'],
    ["  # C=3", '"  # C": expected a name without white space'],
    ["\u00a0D=4", "expected a name without white space"],
    ["\ufeffE=5", "expected a name without white space"],
  ];
  for (const [line, text] of cases) {
    const [first] = parseVariables(`# x\n${line}`, "f.env");
    const error = assertThrows(() => environmentOf([first!]), UsageError);
    assertEquals(error.message.startsWith("f.env:2: Cannot set variable "), true, error.message);
    assertEquals(error.message.includes(text), true, error.message);
  }
  for (const value of ["A=x\0y", `A=${"x".repeat(32_765)}`]) {
    const { message } = assertThrows(() => environmentOf([setting("env", value)]), UsageError);
    assertEquals(message.startsWith('--env: Cannot encode environment variable "A"'), true);
  }
});

Deno.test("environmentOf: variables that every program needs cannot be removed", () => {
  for (const name of ["SystemRoot", "SYSTEMDRIVE"]) {
    assertThrows(
      () => environmentOf([setting("unset-env", name)]),
      UsageError,
      `--unset-env: Cannot remove ${name}: programs need it to find the system's files`,
    );
  }
  assertEquals(environmentOf([setting("unset-env", "PATH"), setting("unset-env", "TEMP")]), {
    ...{ PATH: null, TEMP: null },
  });
});

Deno.test("parseVariables: reads lines, skips comments and leaves values unchanged", () => {
  const values = (text: string) =>
    parseVariables(text, "f").map(({ value, from }) => [from, value]);
  assertEquals(values('A=1\r\n\n  \n#B=2\nC= x "y" # z \r\nD=\n'), [
    ["f:1", "A=1"],
    ["f:5", 'C= x "y" # z '],
    ["f:6", "D="],
  ]);
  assertThrows(
    () => values("A=1\nB=2\rC=3"),
    UsageError,
    "f:2: Cannot read it: a line must end with",
  );
});

Deno.test("withoutVariables: only the weaker source's values of the same variables are removed", () => {
  const weaker = [
    setting("env", "Foo=1"),
    setting("env", "BAR=1"),
    setting("unset-env", "baz"),
    setting("name", "foo"),
  ];
  const others = [setting("env", "FOO=3")];
  const kept = withoutVariables([...weaker, ...others], {
    of: [setting("env", "foo=2"), setting("env", "BAZ=2")],
    from: weaker,
  });
  assertEquals(kept.map(({ value }) => value), ["BAR=1", "foo", "FOO=3"]);
});

Deno.test("parseVariables: a carriage return at the end of the file is not dropped", () => {
  for (const text of ["A=1\r", "A=1\r\nB=2\r"]) {
    assertThrows(() => parseVariables(text, "f.env"), UsageError, "not with CR alone");
  }
  assertEquals(parseVariables("A=1\r\n", "f").map(({ value }) => value), ["A=1"]);
});
