import { assertEquals } from "@std/assert";
import { sha256 } from "../../isolation/sha256.ts";

Deno.test("sha256: equals the platform's, for every length around a block", async () => {
  for (const length of [0, 1, 3, 54, 55, 56, 57, 63, 64, 65, 119, 120, 128, 1000]) {
    const bytes = Uint8Array.from({ length }, (_, at) => (at * 37 + length) % 256);
    const wanted = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    assertEquals(sha256(bytes), wanted, `${length} bytes`);
  }
});
