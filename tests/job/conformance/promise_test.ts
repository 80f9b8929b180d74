import { assertEquals } from "@std/assert";
import {
  broken,
  different,
  kept,
  keptIf,
  keptOrDifferent,
  notTriable,
  VERDICTS,
} from "../../../job/conformance/promise.ts";

Deno.test("kept, different, broken, notTriable: each returns its verdict", () => {
  const answers = [kept, different, broken, notTriable].map((make) => make("seen"));
  assertEquals(answers.map(({ verdict }) => verdict), [...VERDICTS]);
  assertEquals(new Set(answers.map(({ seen }) => seen)), new Set(["seen"]));
});

Deno.test("keptIf, keptOrDifferent: one condition decides", () => {
  assertEquals([true, false].map((is) => keptIf(is, "").verdict), ["kept", "broken"]);
  assertEquals([true, false].map((is) => keptOrDifferent(is, "").verdict), ["kept", "different"]);
});
