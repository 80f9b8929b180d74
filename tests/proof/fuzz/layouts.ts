/** Structures in memory, and the messages of a job. */
import { assert, assertEquals } from "@std/assert";
import fc from "npm:fast-check@4.11.0";
import { struct } from "../../../ffi/struct.ts";
import { STRUCTS } from "../../../ffi/structs.ts";
import { JOB_OBJECT_MSG } from "../../../ffi/constants.ts";
import { decodeNotification } from "../../../job/messages/notification.ts";
import { attempt, type Subject, subject } from "./subject.ts";

const CODECS = (Object.keys(STRUCTS) as (keyof typeof STRUCTS)[]).map((name) =>
  struct(STRUCTS, name)
);

const BYTES = fc.oneof(
  fc.integer({ min: 0, max: 255 }),
  fc.constantFrom(0, 1, 0x7f, 0x80, 0xff),
);

export const LAYOUTS: readonly Subject[] = [
  subject("structures", {
    cases: 2_000,
    input: fc.record({
      codec: fc.constantFrom(...CODECS),
      bytes: fc.array(BYTES, { maxLength: 400 }),
      length: fc.integer({ min: -9, max: 9 }),
      offset: fc.integer({ min: 0, max: 16 }),
    }),
    check: ({ codec, bytes, length, offset }) => {
      const memory = new Uint8Array(Math.max(0, codec.size + offset + length));
      memory.set(bytes.slice(0, memory.length));
      const view = new DataView(memory.buffer);
      const { value } = attempt(() => codec.decode(view, offset), RangeError);
      // What memory holds is decoded, and nothing beyond it. Padding at the end is not read.
      if (length >= 0) assert(value !== undefined, "it fits");
      if (value === undefined) return;
      // Members of a union share their storage, so each field is written alone.
      for (const [field, part] of Object.entries(value)) {
        const again = attempt(() => codec.encode({ [field]: part } as never), RangeError);
        // A text without its NUL may be read, and not written.
        if (again.value === undefined) continue;
        assertEquals(codec.decode(again.value)[field as keyof typeof value], part, field);
      }
    },
  }),
  subject("structure-values", {
    cases: 2_000,
    input: fc.record({
      codec: fc.constantFrom(...CODECS),
      at: fc.nat(),
      value: fc.oneof(
        fc.bigInt({ min: -(2n ** 66n), max: 2n ** 66n }),
        fc.integer(),
        fc.double(),
        fc.anything(),
        fc.array(fc.oneof(fc.integer(), fc.bigInt()), { maxLength: 5 }),
      ),
    }),
    check: ({ codec, at, value }) => {
      const fields = codec.layout.filter(({ path }) => !path.includes("."));
      const field = fields[at % fields.length]!.path;
      const given = { [field]: value } as never;
      const { value: view } = attempt(() => codec.encode(given), RangeError, TypeError);
      if (view === undefined || value === undefined) return;
      const found = (codec.decode(view) as Record<string, unknown>)[field];
      // Never a number that was cut.
      if (typeof value === "number" || typeof value === "bigint") {
        assert(found === value || value === 0 && found === 0, `${field}: ${value}, got ${found}`);
      }
    },
  }),
  subject("messages", {
    cases: 2_000,
    input: fc.record({
      code: fc.oneof(
        fc.constantFrom(...Object.values(JOB_OBJECT_MSG)),
        fc.integer({ min: 0, max: 20 }),
        fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      ),
      value: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    }),
    check: ({ code, value }) => {
      let reads = 0;
      const violation = () => {
        reads++;
        return { violated: [] };
      };
      const message = decodeNotification(code, value, { violation });
      assertEquals(reads, message.type === "notificationLimit" ? 1 : 0);
      const isKnown = Object.values<number>(JOB_OBJECT_MSG).includes(code);
      assertEquals(message.type !== "unknown", isKnown, `${code}`);
      if (message.type === "unknown") {
        assertEquals([message.code, message.value], [code, value]);
      } else if ("pid" in message) assertEquals(BigInt(message.pid), value & 0xffff_ffffn);
    },
  }),
];
