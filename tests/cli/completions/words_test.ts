import { assertEquals } from "@std/assert";
import {
  filed,
  isFile,
  spellings,
  toolWords,
  valueCases,
  withUndo,
  wordsOf,
} from "../../../cli/completions/words.ts";
import type { CommandSpec } from "../../../cli/args/command.ts";

const RUN: CommandSpec = {
  name: "run",
  summary: "",
  usage: "",
  example: "",
  stopEarly: true,
  options: [
    { name: "out", short: "o", value: "FILE", help: "" },
    { name: "when", value: "WHAT", words: ["now", "late"], help: "" },
    { name: "then", value: "WHAT", words: ["now", "late"], help: "" },
    { name: "quiet", undo: "no-quiet", help: "" },
  ],
};

Deno.test("wordsOf: reads a command's options and their values from its table", () => {
  const [run] = wordsOf([RUN]);
  assertEquals(run?.options, [
    ...["--help", "--no-quiet", "--out", "--quiet", "--then", "--when"],
  ]);
  assertEquals([...run!.values.keys()], ["--out", "-o", "--when", "--then"]);
  assertEquals([run?.runs, run?.positionals], [true, []]);
});

Deno.test("valueCases, filed, toolWords: list each option once", () => {
  const words = wordsOf([RUN, { ...RUN, name: "try" }]);
  assertEquals(valueCases(words), [[["--then", "--when"], ["now", "late"]]]);
  assertEquals(filed(words), ["--out", "-o"]);
  assertEquals(toolWords(words), ["run", "try", "--help", "--version", "--json"]);
});

Deno.test("withUndo: the flag that undoes another comes right after it", () => {
  assertEquals(withUndo(RUN.options).slice(3), [
    RUN.options[3]!,
    { name: "no-quiet", help: "undoes --quiet" },
  ]);
});

Deno.test("isFile, spellings: read one option", () => {
  assertEquals(RUN.options.map(isFile), [true, false, false, false]);
  assertEquals(spellings(RUN.options[0]!), ["--out", "-o"]);
});
