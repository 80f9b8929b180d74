import { assertEquals } from "@std/assert";
import { standingLimits } from "../../../cli/run/standing_limits.ts";

Deno.test("standingLimits: limits as a record has them; what cannot be read is not empty", () => {
  const job = {
    limits: () => ({ jobMemory: 5, affinity: 3n }),
    notificationLimits: () => {
      throw new Error("refused");
    },
  };
  assertEquals(standingLimits(job), {
    hard: { jobMemory: 5, affinity: "0x3" },
    soft: undefined,
  });
});
