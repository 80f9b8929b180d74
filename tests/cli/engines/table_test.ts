import { assertEquals } from "@std/assert";
import { argumentsByName, engineOf, ENGINES } from "../../../cli/engines/table.ts";

Deno.test("engineOf: each engine has its own name", () => {
  assertEquals(ENGINES.map(({ name }) => engineOf(name)?.name), ["htcondor"]);
  for (const name of ["", "HTCondor", "toString", "condor"]) {
    assertEquals(engineOf(name), undefined);
  }
});

Deno.test("argumentsByName: all arguments of jobbox-ENGINE.exe are the command", () => {
  const args = ["C:\\a b.exe", "--version", "x & y", '"q"'];
  for (
    const path of [
      "C:\\jobbox\\jobbox-htcondor.exe",
      "jobbox-htcondor",
      "\\\\?\\C:\\JOBBOX-HTCondor.EXE",
      "Z:/x/jobbox-htcondor.exe",
    ]
  ) {
    assertEquals(argumentsByName(path, args), ["run", "--engine", "htcondor", "--", ...args], path);
    assertEquals(argumentsByName(path, []), ["run", "--engine", "htcondor", "--"]);
  }
});

Deno.test("argumentsByName: under any other name the arguments are jobbox's own", () => {
  for (
    const path of [
      "C:\\jobbox-htcondor\\jobbox.exe",
      "jobbox.exe",
      "jobbox-x64.exe",
      "myjobbox-htcondor.exe",
      "jobbox-htcondor.exe.bak",
      "jobbox-.exe",
      "",
    ]
  ) {
    assertEquals(argumentsByName(path, ["run", "x"]), ["run", "x"], path);
  }
});
