import { assertEquals } from "@std/assert";
import { integrityOf } from "../../tools/host/packages.ts";
import { wineMajor } from "../../tools/host/rootfs.ts";

Deno.test.each([
  ["wine-10.0 (Debian 10.0~repack-6)\n", 10],
  ["wine-8.0.2", 8],
  ["wine-9.22-rc1", 9],
  ["it looks like wine32 is missing\nwine-10.0", undefined],
  ["wine-git", undefined],
  ["", undefined],
])("wineMajor: of %j is %j", (text, major) => {
  assertEquals(wineMajor(text), major);
});

Deno.test("integrityOf: is SHA-512 as npm writes it", async () => {
  assertEquals(
    await integrityOf(new TextEncoder().encode("abc")),
    "sha512-3a81oZNherrMQXNJriBBMRLm+k6JqX6iCp7u5ktV05ohkpkqJ0/BqDa6PCOj/uu9RU1EI2Q86A4qmslPpUyknw==",
  );
});
