import { assertEquals } from "@std/assert";
import { encodeCommandLine } from "../../../process/start/command_line.ts";
import { rawTail } from "../../../process/start/raw_tail.ts";
import { Random } from "../../helpers/random.ts";
import { splitCommandLine } from "../../helpers/split_command_line.ts";

Deno.test("rawTail: what was typed behind the command, letter by letter", () => {
  const cases: [string, string[], string | undefined][] = [
    ['jobbox run -- cmd /c echo "a&b"', ["cmd", "/c", "echo", "a&b"], '/c echo "a&b"'],
    ['jobbox run cmd  /c "echo "x" "y""  ', ["cmd", "/c", "echo x y"], '/c "echo "x" "y""  '],
    ['"C:\\a b\\jobbox.exe" run -- "p q" -x\t""', ["p q", "-x", ""], '-x\t""'],
    ['jobbox run -- x "a\\\\" b', ["x", "a\\", "b"], '"a\\\\" b'],
    ["jobbox run -- x", ["x"], ""],
    // Not its end, not its words, not only its words, none at all.
    ["jobbox run -- x a b", ["x", "a"], undefined],
    ["jobbox run -- x a", ["x", "b"], undefined],
    ["x a", ["x", "a"], undefined],
    ["a", ["x", "a", "b"], undefined],
    ["", ["x"], undefined],
    ["jobbox run", [], undefined],
  ];
  for (const [line, command, tail] of cases) assertEquals(rawTail(line, command), tail, line);
});

const ALPHABET: readonly string[] = [
  ...['"', '"', "\\", "\\", " ", " ", "\t", "a", "b", "&", "%", "^", "*", "ä", "\ud83d", "\n"],
];

Deno.test("rawTail: of 20,000 random lines it is the same text, and the same words", () => {
  const random = new Random(40);
  const text = (most: number) => random.list(0, most, () => random.pick(ALPHABET)).join("");
  let found = 0;
  for (let i = 0; i < 20_000; i++) {
    const head = encodeCommandLine("C:\\p q\\jobbox.exe", ["run", text(4), "--"]);
    const typed = `cmd ${text(14)}`;
    const line = `${head} ${typed}`;
    const command = splitCommandLine(`x ${typed}`, "ucrt").slice(1);
    const tail = rawTail(line, command);
    assertEquals(tail === undefined, false, line);
    assertEquals(typed.endsWith(tail!), true, line);
    assertEquals(typed.slice(0, typed.length - tail!.length).trimEnd().startsWith("cmd"), true);
    // The command alone reads the words that it would have got.
    assertEquals(splitCommandLine(`"cmd" ${tail}`, "ucrt").slice(1), command.slice(1), line);
    if (tail !== "") found++;
  }
  assertEquals(found > 10_000, true);
});
