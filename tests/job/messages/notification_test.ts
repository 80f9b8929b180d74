import { assertEquals } from "@std/assert";
import { JOB_OBJECT_MSG } from "../../../ffi/constants.ts";
import { decodeNotification } from "../../../job/messages/notification.ts";
import { Random } from "../../helpers/random.ts";

function unread(): never {
  throw new Error("the violation was read without need");
}

Deno.test("decodeNotification: every message's name is its constant, camelCased", () => {
  for (const [name, code] of Object.entries(JOB_OBJECT_MSG)) {
    const camel = name.toLowerCase().replace(/_(.)/g, (_, letter) => letter.toUpperCase());
    const { type } = decodeNotification(code, 8n, { violation: () => ({ violated: [] }) });
    assertEquals(type, camel);
  }
});

Deno.test("decodeNotification: messages about a process have its pid, the others have none", () => {
  const withPid = [2, 6, 7, 8, 9, 10, 12, 13];
  for (const code of withPid) {
    const decoded = decodeNotification(code, 4312n, { violation: unread });
    assertEquals("pid" in decoded && decoded.pid, 4312, String(code));
  }
  for (const code of [1, 3, 4]) {
    assertEquals(Object.keys(decodeNotification(code, 0n, { violation: unread })), ["type"]);
  }
});

Deno.test("decodeNotification: a notification limit reads its violation, exactly once", () => {
  let reads = 0;
  const violation = { violated: ["readBytes" as const], readBytes: { limit: 5, measured: 6 } };
  const decoded = decodeNotification(11, 0xffff_fffcn, {
    violation: () => {
      reads++;
      return violation;
    },
  });
  assertEquals(decoded, { type: "notificationLimit", pid: 0xffff_fffc, violation });
  assertEquals(reads, 1);
});

Deno.test("decodeNotification: every message becomes a notification", () => {
  const random = new Random(1);
  for (const code of [0, 5, 14, -1, 2 ** 32 - 1, NaN]) {
    const value = BigInt(random.int(2 ** 31)) << 33n;
    assertEquals(decodeNotification(code, value, { violation: unread }), {
      type: "unknown",
      code,
      value,
    });
  }
});
