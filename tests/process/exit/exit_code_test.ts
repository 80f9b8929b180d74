import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { describeExitCode, toUnsigned } from "../../../process/exit/exit_code.ts";
import { NtStatus } from "../../../process/exit/status_codes.ts";

Deno.test("toUnsigned: reads the signed numbers of Deno.Command as Windows' own", () => {
  assertEquals(toUnsigned(-1073741819), 0xC0000005);
  assertEquals(toUnsigned(-1), 0xFFFFFFFF);
  for (const code of [0, 1, 259, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF]) {
    assertEquals(toUnsigned(code), code);
    assertEquals(toUnsigned(code | 0), code);
  }
});

Deno.test("toUnsigned: anything but a 32-bit number is a RangeError", () => {
  for (const code of [NaN, Infinity, 0.5, 2 ** 32, -(2 ** 31) - 1]) {
    const error = assertThrows(() => toUnsigned(code), RangeError);
    assertStringIncludes(error.message, `got ${code}`);
  }
});

Deno.test("describeExitCode: every status has its own name and text", () => {
  const texts = new Set<string>();
  for (const [symbol, code] of Object.entries(NtStatus)) {
    const description = describeExitCode(code | 0);
    assertEquals([description.symbol, description.code], [symbol, code]);
    assert(/^[^A-Z]|^(DLL|C )/.test(description.text) && !description.text.endsWith("."), symbol);
    texts.add(description.text);
  }
  assertEquals(texts.size, Object.keys(NtStatus).length);
});

Deno.test("describeExitCode: names job quotas and says that 259 does not prove that the process runs", () => {
  assertEquals(describeExitCode(1816).symbol, "ERROR_NOT_ENOUGH_QUOTA");
  assertStringIncludes(describeExitCode(259).text, "ended with 259");
  assertEquals(describeExitCode(259).symbol, "STILL_ACTIVE");
});

Deno.test("describeExitCode: a program's own code has no symbol", () => {
  assertEquals(describeExitCode(0), { code: 0, text: "ended well" });
  assertEquals(describeExitCode(7), { code: 7, text: "ended with exit code 7" });
  assertEquals(describeExitCode(9009), { code: 9009, text: "cmd.exe did not find the command" });
  assertEquals(describeExitCode(-2), {
    code: 0xFFFFFFFE,
    text: "ended with exit code 4294967294 (0xFFFFFFFE)",
  });
});
