import "../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { IsolationNotAppliedError } from "../../../isolation/errors.ts";
import { aliasTarget, checkProgram } from "../../../isolation/program_alias.ts";
import { openOwnToken, readToken } from "../../../isolation/token.ts";
import { JobObject } from "../../../job/job_object.ts";
import { assertNoHandleLeft } from "../../helpers/open_handles.ts";
import { substituteKernel } from "../../helpers/substituted_kernel.ts";
import { inFolder } from "../../helpers/temporary_folder.ts";

const TEXTS = ["Package_8wek", "Package_8wek!App", "C:\\Program Files\\WindowsApps\\x\\x.exe", "0"];

function link(texts: readonly string[], tag = 0x8000_001b): DataView<ArrayBuffer> {
  const text = texts.map((part) => `${part}\0`).join("");
  const view = new DataView(new ArrayBuffer(12 + 2 * text.length));
  view.setUint32(0, tag, true);
  view.setUint16(4, 4 + 2 * text.length, true);
  view.setUint32(8, 3, true);
  for (let at = 0; at < text.length; at++) view.setUint16(12 + 2 * at, text.charCodeAt(at), true);
  return view;
}

Deno.test("aliasTarget: returns the program that an alias refers to", () => {
  assertEquals(aliasTarget(link(TEXTS)), TEXTS[2]);
});

Deno.test("aliasTarget: undefined for a link of another kind, or one that is cut short", () => {
  assertEquals(aliasTarget(link(TEXTS, 0xa000_000c)), undefined);
  assertEquals(aliasTarget(link(TEXTS.slice(0, 2))), undefined);
  const whole = new Uint8Array(link(TEXTS).buffer);
  const end = 12 + 2 * TEXTS.slice(0, 3).join("0").length;
  for (let length = 0; length <= end; length++) {
    assertEquals(aliasTarget(new DataView(whole.slice(0, length).buffer)), undefined, `${length}`);
  }
});

Deno.test("checkProgram: a file without content in WindowsApps is an alias, and nothing is started", async () => {
  await inFolder(async (folder) => {
    Deno.mkdirSync(`${folder}\\WindowsApps`);
    const alias = `${folder}\\WindowsApps\\python.exe`;
    Deno.writeTextFileSync(alias, "");
    await assertNoHandleLeft(() => {
      const error = assertThrows(() => checkProgram(alias, "admin"), IsolationNotAppliedError);
      assertEquals([error.row, error.gate], ["admin", "before the start"]);
      assert(error.message.endsWith("name the program's real file"), error.message);
    });
    using job = JobObject.create({ killOnClose: true });
    assertThrows(
      () => job.spawn(alias, { isolation: { temp: "fresh" } }),
      IsolationNotAppliedError,
      "an alias of a packaged program",
    );
    assertEquals(job.stats().processes.total, 0);
    // A program there that has content is none.
    Deno.writeTextFileSync(alias, "MZ");
    checkProgram(alias, "admin");
  });
});

Deno.test("checkProgram: the error for an alias names the real program", async () => {
  await inFolder((folder) => {
    const alias = `${folder}\\python.exe`;
    Deno.writeTextFileSync(alias, "");
    using _link = substituteKernel("GetFileInformationByHandle", (real) => (handle, memory) => {
      const result = real(handle, memory);
      (memory as DataView).setUint32(0, 0x420, true);
      return result;
    });
    using _content = substituteKernel("DeviceIoControl", () => (...args) => {
      const bytes = new Uint8Array(link(TEXTS).buffer);
      (args[4] as Uint8Array).set(bytes);
      (args[6] as Uint32Array)[0] = bytes.byteLength;
      return 1;
    });
    const { message } = assertThrows(() => checkProgram(alias, "temp"), IsolationNotAppliedError);
    assert(message.includes(JSON.stringify(TEXTS[2]!)) || message.includes(TEXTS[2]!), message);
  });
});

Deno.test("checkProgram: a container's program must be the user's own or an installed one", async () => {
  await inFolder((folder) => {
    const program = `${folder}\\x.exe`;
    Deno.writeTextFileSync(program, "MZ");
    using token = openOwnToken();
    const own = readToken(token.value);
    checkProgram(program, "container", own);
    const other = { ...own, user: "S-1-5-21-1-2-3-1001", owner: "S-1-5-21-1-2-3-1001" };
    try {
      checkProgram(program, "container", other);
      // What administrators own is an installed program.
      assertEquals(own.owner, "S-1-5-32-544");
    } catch (error) {
      assert(error instanceof IsolationNotAppliedError && error.read.endsWith("another user"));
    }
  });
});
