import { assertEquals } from "@std/assert";
import { changeConfig, readConfig, substitute, writeConfig } from "../../tools/host/config.ts";

const CONFIG = { name: "@a/b", imports: { x: "jsr:@x/x@1.0.0" }, fmt: { lineWidth: 100 } };

Deno.test("changeConfig: keeps what it does not change", () => {
  assertEquals(changeConfig(CONFIG, []), { ...CONFIG, scopes: {}, lock: false });
});

Deno.test("changeConfig: adds imports, scopes and links", () => {
  const swap = substitute({ module: "./ffi/dll.ts", by: "./tools/host/dll_jobsim.ts" });
  assertEquals(changeConfig(CONFIG, [swap, { links: ["../a"] }, { links: ["../b"] }]), {
    ...CONFIG,
    imports: { x: "jsr:@x/x@1.0.0", "./ffi/dll.ts": "./tools/host/dll_jobsim.ts" },
    scopes: { "./tools/host/dll_jobsim.ts": { "./ffi/dll.ts": "./ffi/dll.ts" } },
    links: ["../a", "../b"],
    lock: false,
  });
});

Deno.test("readConfig: a project without deno.json has an empty one", () => {
  const folder = Deno.makeTempDirSync();
  try {
    assertEquals(readConfig(folder), {});
    Deno.writeTextFileSync(`${folder}/deno.json`, JSON.stringify(CONFIG));
    assertEquals(readConfig(folder), CONFIG);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("writeConfig: writes both files, and leaves right ones untouched", () => {
  const folder = Deno.makeTempDirSync();
  try {
    const options = { name: "t", config: CONFIG, importMap: { imports: { y: "./y.ts" } } };
    const flags = writeConfig(folder, options);
    assertEquals(flags, { config: ".deno.t.json", importMap: ".deno.t.imports.json" });
    const before = Deno.statSync(`${folder}/${flags.config}`).ino;
    assertEquals(JSON.parse(Deno.readTextFileSync(`${folder}/${flags.config}`)), CONFIG);
    assertEquals(JSON.parse(Deno.readTextFileSync(`${folder}/${flags.importMap}`)), {
      imports: { x: "jsr:@x/x@1.0.0", y: "./y.ts" },
      scopes: {},
    });
    writeConfig(folder, options);
    assertEquals(Deno.statSync(`${folder}/${flags.config}`).ino, before);
    writeConfig(folder, { ...options, config: {} });
    assertEquals(JSON.parse(Deno.readTextFileSync(`${folder}/${flags.config}`)), {});
    assertEquals([...Deno.readDirSync(folder)].length, 2);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
