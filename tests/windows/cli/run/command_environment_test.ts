import { assertEquals } from "@std/assert";
import { commandEnvironment, withoutDenoNode } from "../../../../cli/run/command_environment.ts";
import { CHILD, jobbox } from "../../../helpers/jobbox_process.ts";

Deno.test("withoutDenoNode: only the folder of Deno's node.exe goes", () => {
  const folder = "C:\\Users\\u\\AppData\\Local\\deno\\node_compat_bin";
  assertEquals(withoutDenoNode(`${folder};C:\\bin;;C:\\nodejs`), "C:\\bin;;C:\\nodejs");
  assertEquals(withoutDenoNode(`C:\\bin;${folder}\\`), "C:\\bin");
  assertEquals(withoutDenoNode("C:\\node_compat_bin_of_mine"), "C:\\node_compat_bin_of_mine");
});

Deno.test("commandEnvironment: a PATH that was asked for, and a cleared environment, stay", () => {
  assertEquals(commandEnvironment({ path: "X:\\node_compat_bin" }, false), {
    path: "X:\\node_compat_bin",
  });
  assertEquals(commandEnvironment({}, true), {});
});

Deno.test("jobbox run: node is not Deno's own", async () => {
  const { out } = await jobbox(["run", "--", CHILD, "getenv", "PATH"]);
  assertEquals(/node_compat_bin/i.test(out), false, out);
});
