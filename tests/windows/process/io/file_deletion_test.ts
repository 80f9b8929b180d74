import "../../../helpers/bound_kernel.ts";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { deleteUnused } from "../../../../process/io/file_deletion.ts";
import { fileIdentity } from "../../../../process/io/file_identity.ts";
import { runDeno } from "../../../helpers/deno_process.ts";
import { filePath } from "../../../helpers/file_path.ts";
import { SAME_KERNEL } from "../../../helpers/job_trials.ts";
import { inFolder } from "../../../helpers/temporary_folder.ts";

/** Makes a file; returns its identity. */
function make(path: string): string {
  Deno.writeTextFileSync(path, "");
  return fileIdentity(path)!;
}

function names(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

Deno.test("deleteUnused: not a file with content, and not another one of its name", () =>
  inFolder((folder) => {
    const path = `${folder}\\made`;
    deleteUnused(path, make(path));
    assertEquals(names(folder), []);

    const written = make(path);
    Deno.writeTextFileSync(path, "of another program");
    deleteUnused(path, written);
    assertEquals(Deno.readTextFileSync(path), "of another program");
    Deno.removeSync(path);

    const renamed = make(path);
    Deno.renameSync(path, `${folder}\\renamed`);
    Deno.writeTextFileSync(path, "");
    deleteUnused(path, renamed);
    deleteUnused(`${folder}\\none\\made`, renamed);
    assertEquals(names(folder), ["made", "renamed"]);
  }));

Deno.test("deleteUnused: a start that fails needs no permission but --allow-ffi", () =>
  inFolder(async (folder) => {
    const program = filePath(new URL("../../../helpers/failing_start.ts", import.meta.url));
    const flags = ["--no-prompt", "--no-check", "--allow-ffi", ...SAME_KERNEL];
    const { code, stdout, stderr } = await runDeno(["run", ...flags, program, folder]);
    assertEquals(code, 0, stderr);
    assertStringIncludes(stdout, "as a child's stderr: there is no such file or folder");
    assertEquals(names(folder), []);
  }));
