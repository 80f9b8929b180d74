import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { unicodeWidth } from "@std/cli/unicode-width";
import { renderStatusLine, type RunState, StatusLine } from "../../../cli/terminal/status_line.ts";

const STATE: RunState = {
  elapsedMs: 72_900,
  timeoutMs: 300_000,
  cpuPercent: 37.4,
  memory: 40 * 1048576,
  memoryLimit: 64 * 1048576,
  processes: 3,
  processLimit: 8,
  command: "build --all",
};

/** The colour codes taken out. */
function plain(text: string): string {
  // deno-lint-ignore no-control-regex -- the escape is what is looked for
  return text.replace(/\x1b\[\d+m/g, "");
}

Deno.test("renderStatusLine shows each value against its limit", () => {
  assertEquals(
    renderStatusLine(STATE, { columns: 100, colour: false }),
    "01:12 of 05:00  mem 40 MiB of 64 MiB  cpu 37 %  3 of 8 processes  build --all",
  );
});

Deno.test("renderStatusLine shows only what is known", () => {
  assertEquals(
    renderStatusLine({ elapsedMs: 3_725_000, processes: 1, command: "x" }, {
      columns: 80,
      colour: false,
    }),
    "1:02:05  1 process  x",
  );
});

Deno.test("renderStatusLine is narrower than every terminal, with wide characters too", () => {
  const state = { ...STATE, command: "部屋.exe 世界世界世界世界世界 \u{1F600}\u{1F600}" };
  for (let columns = 1; columns <= 120; columns++) {
    const line = plain(renderStatusLine(state, { columns, colour: true }));
    assert(unicodeWidth(line) < columns, `${columns}: ${line}`);
  }
});

Deno.test("renderStatusLine leaves out values from the end only", () => {
  const whole = renderStatusLine(STATE, { columns: 200, colour: false });
  let before = 0;
  for (let columns = 1; columns <= 100; columns++) {
    const line = renderStatusLine(STATE, { columns, colour: false });
    assert(whole.startsWith(line.replace(/…$/, "")), line);
    assert(line.length >= before);
    before = line.length;
  }
});

Deno.test("renderStatusLine colours a value near its limit, and only when asked", () => {
  const near = { ...STATE, memory: 50 * 1048576, processes: 8 };
  const line = renderStatusLine(near, { columns: 100, colour: true });
  assertStringIncludes(line, "\x1b[33mmem 50 MiB of 64 MiB\x1b[39m");
  assertStringIncludes(line, "\x1b[31m8 of 8 processes\x1b[39m");
  assertFalse(renderStatusLine(near, { columns: 100, colour: false }).includes("\x1b"));
});

Deno.test("renderStatusLine passes no control character of the command on", () => {
  const state = { ...STATE, command: "a\x1b[2J\nb" };
  assertStringIncludes(
    renderStatusLine(state, { columns: 120, colour: false }),
    "a\\u001b[2J\\u000ab",
  );
});

Deno.test("StatusLine redraws in place and is gone when it is cleared", () => {
  const writes: string[] = [];
  const line = new StatusLine((text) => writes.push(text), () => ({ columns: 40, colour: false }));
  line.clear();
  assertEquals(writes, []);
  line.update({ elapsedMs: 0, processes: 1, command: "x" });
  line.update({ elapsedMs: 999, processes: 1, command: "x" });
  line.update({ elapsedMs: 1000, processes: 1, command: "x" });
  line.clear();
  line.clear();
  assertEquals(writes, ["\r\x1b[K00:00  1 process  x", "\r\x1b[K00:01  1 process  x", "\r\x1b[K"]);
  line.update({ elapsedMs: 1000, processes: 1, command: "x" });
  assertEquals(writes.length, 4);
});
