import { assertEquals } from "@std/assert";
import { processName } from "../../../cli/text/process_name.ts";

Deno.test("processName distinguishes processes of the same program", () => {
  const name = (commandLine?: string, image?: string): string =>
    processName({ pid: 8, image, commandLine });
  assertEquals(
    name('"C:\\Program Files\\node.exe"  a.js "b c"', "node.exe"),
    'node.exe a.js "b c"',
  );
  assertEquals(name("node a.js", "node.exe"), "node.exe a.js");
  assertEquals(name("node", "node.exe"), "node.exe");
  assertEquals(name("node a.js"), "node a.js");
  assertEquals(name(undefined, "node.exe"), "node.exe");
  assertEquals(name(), "process 8");
});
