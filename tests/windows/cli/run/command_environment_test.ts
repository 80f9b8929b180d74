import { assertEquals } from "@std/assert";
import {
  commandEnvironment,
  withoutDenoNode,
  withoutPatterns,
} from "../../../../cli/run/command_environment.ts";
import { CHILD, jobbox } from "../../../helpers/jobbox_process.ts";

Deno.test("withoutDenoNode: removes only the folder of Deno's node.exe", () => {
  const folder = "C:\\Users\\u\\AppData\\Local\\deno\\node_compat_bin";
  assertEquals(withoutDenoNode(`${folder};C:\\bin;;C:\\nodejs`), "C:\\bin;;C:\\nodejs");
  assertEquals(withoutDenoNode(`C:\\bin;${folder}\\`), "C:\\bin");
  assertEquals(withoutDenoNode("C:\\node_compat_bin_of_mine"), "C:\\node_compat_bin_of_mine");
});

Deno.test("commandEnvironment: a PATH from an option, and a cleared environment, stay unchanged", () => {
  assertEquals(commandEnvironment({ path: "X:\\node_compat_bin" }, false), {
    path: "X:\\node_compat_bin",
  });
  assertEquals(commandEnvironment({}, true), {});
});

Deno.test("jobbox run: node is not Deno's own", async () => {
  const { out } = await jobbox(["run", "--", CHILD, "getenv", "PATH"]);
  assertEquals(/node_compat_bin/i.test(out), false, out);
});

Deno.test("withoutPatterns: a pattern removes inherited variables, but not those that are set or needed", () => {
  const inherited = (): string[] => ["AWS_KEY", "aws_region", "SystemRoot", "=C:", "HOME"];
  assertEquals(withoutPatterns({ "AWS_*": null, AWS_REGION: "x", HOME: null }, inherited), {
    AWS_KEY: null,
    AWS_REGION: "x",
    HOME: null,
  });
  assertEquals(Object.keys(withoutPatterns({ "*": null }, inherited)).sort(), [
    "AWS_KEY",
    "HOME",
    "aws_region",
  ]);
  const plain = { A: "*", B: null };
  assertEquals(withoutPatterns(plain, () => assertUnreached()), plain);
});

function assertUnreached(): never {
  throw new Error("asked for what is not needed");
}

Deno.test("jobbox run --unset-env: a pattern removes all matching variables", async () => {
  const { out } = await jobbox(
    ["run", "--unset-env", "JOBBOX_SECRET_*", "--", CHILD, "env"],
    { env: { JOBBOX_SECRET_A: "1", JOBBOX_SECRET_B: "2", JOBBOX_OPEN: "3" } },
  );
  const names = (JSON.parse(out) as string[]).map((line) => line.split("=")[0])
    .filter((name) => name!.startsWith("JOBBOX_"));
  assertEquals(names, ["JOBBOX_OPEN"]);
});
