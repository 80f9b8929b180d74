import { assertEquals } from "@std/assert";
import { limitsCommand } from "../../../cli/commands/limits.ts";
import { LIMIT_OPTIONS, NOTIFICATION_OPTIONS } from "../../../cli/args/limit_options.ts";
import { FakeIo } from "../../helpers/fake_io.ts";
import { parseArgs } from "../../../cli/args/settings.ts";

function read(...tokens: string[]): unknown {
  return limitsCommand.parse(parseArgs(tokens, limitsCommand.spec.options), new FakeIo());
}

Deno.test("limitsCommand: shows the limits without options, and sets or removes them with options", () => {
  assertEquals(read("x"), { name: "x", json: false, limits: {}, notificationLimits: {} });
  assertEquals(read("--memory", "none", "--breakaway", "on", "--notify-read", "none", "x"), {
    name: "x",
    json: false,
    limits: { jobMemory: null, breakaway: true },
    notificationLimits: { readBytes: null },
  });
});

Deno.test("limitsCommand: every limit can be removed", () => {
  for (const { name } of [...LIMIT_OPTIONS, ...NOTIFICATION_OPTIONS]) {
    const { limits, notificationLimits } = read(`--${name}`, "none", "x") as Record<string, object>;
    assertEquals([...Object.values(limits!), ...Object.values(notificationLimits!)], [null], name);
  }
});
