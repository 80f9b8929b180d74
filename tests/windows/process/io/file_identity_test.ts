import "../../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { inFolder } from "../../../helpers/temporary_folder.ts";
import { fileIdentity } from "../../../../process/io/file_identity.ts";

Deno.test("fileIdentity: one file has one identity, whatever the spelling", async () => {
  await inFolder((folder) => {
    const path = `${folder}\\Some.txt`;
    Deno.writeTextFileSync(path, "x");
    const identity = fileIdentity(path);
    assert(identity);
    for (
      const other of [
        path.toUpperCase(),
        `${folder}\\.\\x\\..\\some.txt`,
        path.replaceAll("\\", "/"),
        `\\\\?\\${path}`,
        `${path}.`,
      ]
    ) {
      assertEquals(fileIdentity(other), identity, other);
    }
    Deno.linkSync(path, `${folder}\\link.txt`);
    assertEquals(fileIdentity(`${folder}\\link.txt`), identity);
    Deno.writeTextFileSync(`${folder}\\other.txt`, "x");
    assertNotEquals(fileIdentity(`${folder}\\other.txt`), identity);
    assertNotEquals(fileIdentity(folder), identity);
  });
});

Deno.test("fileIdentity: a missing file is identified by its folder and name", async () => {
  await inFolder((folder) => {
    const identity = fileIdentity(`${folder}\\new.txt`);
    assert(identity);
    assertEquals(fileIdentity(`${folder}\\.\\NEW.txt`), identity);
    assertEquals(fileIdentity(`\\\\?\\${folder}\\new.txt`), identity);
    assertNotEquals(fileIdentity(`${folder}\\new2.txt`), identity);
    const nowhere = fileIdentity(`${folder}\\no\\new.txt`);
    assertEquals(fileIdentity(`${folder}\\NO\\.\\new.txt`), nowhere);
  });
});

Deno.test("fileIdentity: a device is not a file", () => {
  for (const path of ["NUL", "nul:", "C:\\x\\NUL", "\\\\.\\pipe\\x", "CON"]) {
    assertEquals(fileIdentity(path), undefined, path);
  }
});

/** Only Wine has the namespace of the host, whose files are on a drive there. */
const ON_WINE_ONLY = { ignore: !Deno.cwd().startsWith("Z:\\") };

Deno.test(
  "fileIdentity: a path through the host's own namespace is of the same file",
  ON_WINE_ONLY,
  () => {
    const folder = Deno.cwd();
    const identity = fileIdentity("mod.ts");
    assert(identity);
    assertEquals(fileIdentity(`\\\\?\\unix${folder.slice(2)}\\mod.ts`), identity);
  },
);
