import { assertEquals } from "@std/assert";
import { JOBOBJECTINFOCLASS } from "../../../ffi/constants.ts";
import { oneOption, PART_SETTERS, type RowText } from "../../../job/limits/row.ts";
import { bytes } from "../../../values/quantity.ts";
import { MASK } from "../../../values/cpus.ts";

Deno.test("PART_SETTERS: each part has its own class, and the I/O rate a function", () => {
  const { io, ...others } = PART_SETTERS;
  assertEquals(io, "SetIoRateControlInformationJobObject");
  const classes = Object.values(others).map((name) => JOBOBJECTINFOCLASS[name]);
  assertEquals(classes.toSorted((a, b) => a - b), [4, 6, 9, 14, 15, 32]);
});

const TEXT: RowText = {
  option: "--some",
  valueName: "SIZE",
  summary: "Some",
  unit: "bytes",
  whenReached: "the allocation fails; `jobMemoryLimit` is posted",
  win32: "SOME",
};

Deno.test("oneOption: an amount describes what happens beyond it, other values do not", () => {
  const { options, ...text } = oneOption(bytes(1), TEXT);
  assertEquals(options[0].beyond, "the allocation fails");
  assertEquals(options[0].option, "--some");
  assertEquals("option" in text, false);
  assertEquals("beyond" in oneOption(MASK, TEXT).options[0], false);
  assertEquals("beyond" in oneOption(bytes(1), { ...TEXT, unit: "" }).options[0], false);
});
