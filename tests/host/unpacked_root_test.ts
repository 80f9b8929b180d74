/**
 * The root folder of a plain user, made of packages that are made here, by tools that are this
 * machine's or stand in for it.
 *
 * @module
 */

import { assertEquals, assertRejects } from "@std/assert";
import { exists, findOnPath, run } from "../../tools/host/command.ts";
import { HostError } from "../../tools/host/host_error.ts";
import { makeUnpackedRoot } from "../../tools/host/unpacked_root.ts";
import { isCi } from "../helpers/is_ci.ts";

/** Packages are made and unpacked here; in CI a system without Debian's tools is a failure. */
const ON_DEBIAN = { ignore: findOnPath("dpkg-deb") === undefined && !isCi() };

async function makePackage(folder: string): Promise<void> {
  const tree = `${folder}/tree`;
  const programs = ["wine-stable", "wineserver-stable", "x86_64-w64-mingw32-gcc-win32", "winetool"];
  const empty = [...programs.map((name) => `usr/bin/${name}`), "usr/share/doc/wine/README"];
  const paths = [
    ...empty,
    ...["x86_64", "i686"].map((name) => `usr/${name}-w64-mingw32/lib/zlib1.dll`),
    ...["x86_64", "i386"].map((name) => `usr/lib/x86_64-linux-gnu/wine/${name}-windows/ntdll.dll`),
  ];
  for (const path of paths) {
    Deno.mkdirSync(`${tree}/${path.slice(0, path.lastIndexOf("/"))}`, { recursive: true });
    Deno.writeFileSync(`${tree}/${path}`, new Uint8Array(200).fill(7));
  }
  Deno.mkdirSync(`${tree}/DEBIAN`);
  Deno.writeTextFileSync(
    `${tree}/DEBIAN/control`,
    "Package: wine\nVersion: 10\nArchitecture: amd64\nMaintainer: x\nDescription: x\n",
  );
  const { code, stderr } = await run(["dpkg-deb", "--build", tree, `${folder}/wine.deb`]);
  assertEquals(code, 0, stderr);
}

/** Runs with an apt-get that is a script, which has the folder as `$here`. */
async function withApt(script: string, use: (folder: string) => Promise<void>): Promise<void> {
  const folder = Deno.makeTempDirSync({ prefix: "jobbox unpacked " });
  const path = Deno.env.get("PATH");
  try {
    Deno.mkdirSync(`${folder}/bin`);
    Deno.writeTextFileSync(`${folder}/bin/apt-get`, `#!/bin/sh\nhere='${folder}'\n${script}\n`, {
      mode: 0o755,
    });
    Deno.env.set("PATH", `${folder}/bin:${path}`);
    await use(folder);
  } finally {
    Deno.env.set("PATH", path ?? "");
    Deno.removeSync(folder, { recursive: true });
  }
}

const FETCH = `case "$*" in
  indextargets*) echo http://mirror.test/debian/ ;;
  *download-only*)
    for word; do case "$word" in Dir::Cache=*) cp "$here/wine.deb" "\${word#Dir::Cache=}/archives/" ;; esac; done
    cat "$here"/root/.apt/sources.list >"$here/sources" ;;
esac`;

Deno.test(
  "makeUnpackedRoot: has the packages, and what their scripts would make",
  ON_DEBIAN,
  async () => {
    await withApt(FETCH, async (folder) => {
      await makePackage(folder);
      const keyring = `${folder}/keys.gpg`;
      Deno.writeTextFileSync(keyring, "");
      const root = `${folder}/root`;
      await makeUnpackedRoot(root, keyring);
      const links = ["wine", "wineserver", "x86_64-w64-mingw32-gcc"];
      assertEquals(links.map((name) => Deno.readLinkSync(`${root}/usr/bin/${name}`)), [
        ...["wine-stable", "wineserver-stable", "x86_64-w64-mingw32-gcc-win32"],
      ]);
      for (const name of ["x86_64", "i386"]) {
        const dll = Deno.readFileSync(
          `${root}/usr/lib/x86_64-linux-gnu/wine/${name}-windows/zlib1.dll`,
        );
        assertEquals([dll.length, dll[63], dll[96]], [200, 7, 7]);
        assertEquals(
          new TextDecoder().decode(dll.subarray(64, 96)).replace(/\0+$/, ""),
          "Wine builtin DLL",
        );
      }
      assertEquals(
        Deno.readTextFileSync(`${folder}/sources`),
        `deb [signed-by=${keyring}] http://mirror.test/debian/ trixie main\n`,
      );
      assertEquals([".apt", "usr/share/doc"].filter((path) => exists(`${root}/${path}`)), []);
      assertEquals(exists(`${root}/etc/passwd`), true);
    });
  },
);

Deno.test(
  "makeUnpackedRoot: packages that cannot be downloaded are an error with the reason",
  ON_DEBIAN,
  async () => {
    const refuse =
      'case "$*" in indextargets*) echo http://m.test/debian ;; *) echo "E: 404" >&2; exit 100; esac';
    await withApt(refuse, async (folder) => {
      const error = await assertRejects(
        () => makeUnpackedRoot(`${folder}/root`, `${folder}/bin/apt-get`),
        HostError,
      );
      assertEquals(/apt-get ended with 100, E: 404; to fix it/.test(error.toLine()), true);
    });
  },
);

Deno.test("makeUnpackedRoot: without Debian's keys nothing is fetched", ON_DEBIAN, async () => {
  await withApt(FETCH, async (folder) => {
    const error = await assertRejects(
      () => makeUnpackedRoot(`${folder}/root`, `${folder}/missing`),
      HostError,
    );
    assertEquals(/knows no mirror or no keys of Debian/.test(error.toLine()), true);
    assertEquals(exists(`${folder}/root`), false);
  });
});
