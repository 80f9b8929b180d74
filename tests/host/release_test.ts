/**
 * The files of a release, made from executables that are none.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { parse } from "npm:yaml@2.9.0";
import config from "../../deno.json" with { type: "json" };
import { checkManifests, faultsOf, SCHEMAS } from "../../release/check_manifests.ts";
import { readRelease } from "../../release/files.ts";
import { scoopManifest, wingetManifests } from "../../release/manifests.ts";
import { executableName } from "../../release/names.ts";
import { prepareRelease, toolGraph } from "../../release/prepare.ts";
import { packagesOf } from "../../release/sbom.ts";
import { HostError } from "../../tools/host/host_error.ts";

const { version } = config;
const HEX = /^[0-9a-f]{64}$/;

/** A project with compiled executables; `x64` alone where the other is missing. */
async function withCompiled(
  targets: readonly string[],
  use: (project: string) => Promise<void>,
): Promise<void> {
  const project = await Deno.makeTempDir();
  try {
    for (const target of targets) {
      await Deno.mkdir(`${project}/dist/${target}`, { recursive: true });
      await Deno.writeTextFile(`${project}/dist/${target}/jobbox.exe`, `MZ ${target}`);
    }
    await use(project);
  } finally {
    await Deno.remove(project, { recursive: true });
  }
}

Deno.test("prepareRelease: makes everything that a release attaches", async () => {
  await withCompiled(["x64", "arm64"], async (project) => {
    await prepareRelease(["owner/name", `v${version}`], project);
    const folder = `${project}/dist/release`;
    const names = [...Deno.readDirSync(folder)].map(({ name }) => name).toSorted();
    const executables = [executableName(version, "arm64"), executableName(version, "x64")];
    assertEquals(names, [
      ...executables.flatMap((name) => [name, `${name}.sha256`]),
      `jobbox-v${version}.cdx.json`,
      ...["jobbox.jobbox.installer.yaml", "jobbox.jobbox.locale.en-US.yaml", "jobbox.jobbox.yaml"],
      "jobbox.json",
    ]);
    const [name = ""] = executables;
    const [digest = "", of] = (await Deno.readTextFile(`${folder}/${name}.sha256`)).split(
      / {2}|\n/,
    );
    assertMatch(digest, HEX);
    assertEquals(of, name);

    const bom = JSON.parse(await Deno.readTextFile(`${folder}/jobbox-v${version}.cdx.json`));
    const parts = bom.components.map((part: { "bom-ref": string }) => part["bom-ref"]);
    assertEquals(bom.metadata.component["bom-ref"], `jobbox@${version}`);
    assert(parts.includes(`deno@${Deno.version.deno}`) && parts.includes(name), parts);
    assert(parts.includes(config.imports["@std/cli"]), parts);
    const file = bom.components.find((part: { name: string }) => part.name === name);
    assertEquals(file.hashes, [{ alg: "SHA-256", content: digest }]);
  });
});

Deno.test("prepareRelease: refuses a tag of another version and a missing executable", async () => {
  assertThrows(() => readRelease(["owner/name", "v9.9.9"]), HostError, "deno.json has the version");
  assertThrows(() => readRelease(["owner", `v${version}`]), HostError, 'release from "owner"');
  assertThrows(() => readRelease([]), HostError);
  await withCompiled(["x64"], async (project) => {
    await assertRejects(
      () => prepareRelease(["owner/name", `v${version}`], project),
      HostError,
      "Cannot release for arm64",
    );
  });
});

Deno.test("packagesOf: lists what the tool imports, and refuses what has no version", async () => {
  const packages = packagesOf(await toolGraph(), config.imports);
  const specifiers = packages.map(({ registry, name, version }) =>
    `${registry}:${name}@${version}`
  );
  assert(specifiers.includes(config.imports["@std/cli"]), specifiers.join());
  // What only tests import is in no executable.
  assert(!specifiers.includes(config.imports["@std/assert"]), specifiers.join());
  const graph = {
    modules: [{ specifier: "file:///a.ts", dependencies: [{ specifier: "left-pad" }] }],
  };
  assertThrows(() => packagesOf(graph, {}), HostError, "Cannot list left-pad");
  const npm = { modules: [{ specifier: "file:///a.ts", dependencies: [{ specifier: "y/z" }] }] };
  assertEquals(packagesOf(npm, { y: "npm:yaml@2.9.0" }), [
    { registry: "npm", name: "yaml", version: "2.9.0" },
  ]);
  const broken = { modules: [{ specifier: "file:///a.ts", error: "not found" }] };
  assertThrows(() => packagesOf(broken, {}), HostError, "not found");
});

const RELEASE = {
  version: "1.2.3",
  repository: "owner/name",
  executables: [{ target: "x64", name: executableName("1.2.3", "x64"), sha256: "a".repeat(64) }],
} as const;

const text = { type: "string", minLength: 2, maxLength: 256 };
const url = { type: "string", pattern: "^https://.+$", maxLength: 2048 };
const dotted = { type: "string", pattern: "^\\d+(\\.\\d+){2,3}$" };
const strict = (properties: Record<string, unknown>) => ({
  type: "object",
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});
const winget = (type: string, rest: Record<string, unknown>) =>
  strict({
    PackageIdentifier: { type: "string", pattern: "^[^.\\s]{1,32}(\\.[^.\\s]{1,32}){1,7}$" },
    PackageVersion: dotted,
    ...rest,
    ManifestType: { const: type },
    ManifestVersion: dotted,
  });
const scoopParts = {
  architecture: strict({
    "64bit": strict({
      url: { type: "string", format: "uri", not: { pattern: "\\$" } },
      hash: { type: "string", pattern: "^[a-fA-F0-9]{64}$" },
    }),
  }),
  autoupdate: strict({
    architecture: strict({
      "64bit": strict({ url: { type: "string" }, hash: strict({ url: { type: "string" } }) }),
    }),
  }),
};

/** What the published schemas demand of the fields that are used; the workflow takes those themselves. */
const DEMANDS: Readonly<Record<string, Record<string, unknown>>> = {
  "jobbox.jobbox.yaml": winget("version", { DefaultLocale: { type: "string" } }),
  "jobbox.jobbox.installer.yaml": winget("installer", {
    Platform: { items: { enum: ["Windows.Desktop"] } },
    MinimumOSVersion: dotted,
    InstallerType: { enum: ["portable"] },
    Commands: { type: "array", items: { type: "string", minLength: 1, maxLength: 40 } },
    Installers: {
      type: "array",
      minItems: 1,
      items: strict({
        Architecture: { enum: ["x64", "arm64"] },
        InstallerUrl: url,
        InstallerSha256: { type: "string", pattern: "^[A-Fa-f0-9]{64}$" },
      }),
    },
  }),
  "jobbox.jobbox.locale.en-US.yaml": winget("defaultLocale", {
    PackageLocale: { type: "string" },
    Publisher: text,
    PackageName: text,
    PackageUrl: url,
    License: text,
    LicenseUrl: url,
    ShortDescription: text,
    Tags: { type: "array", maxItems: 16, items: { type: "string", maxLength: 40 } },
    ReleaseNotesUrl: url,
  }),
  "jobbox.json": strict({
    version: { type: "string", pattern: "^[\\w.\\-+]+$" },
    description: text,
    homepage: { type: "string", format: "uri" },
    license: text,
    ...scoopParts,
    bin: { type: "string" },
    checkver: strict({ github: { type: "string", format: "uri" } }),
  }),
};

Deno.test("the manifests meet the requirements of winget and scoop", () => {
  const manifests = [...wingetManifests(RELEASE), scoopManifest(RELEASE)];
  assertEquals(manifests.map(({ name }) => name), [...SCHEMAS.keys()]);
  for (const { name, text, content } of manifests) {
    assertEquals(faultsOf(text, DEMANDS[name]!), [], name);
    assertEquals(parse(text), content);
  }
  const page =
    "https://github.com/owner/name/releases/download/v1.2.3/jobbox-v1.2.3-windows-x64.exe";
  assert(manifests[1]?.text.includes(page));
  assert(manifests[3]?.text.includes("download/v$version/jobbox-v$version-windows-x64.exe"));
});

Deno.test("faultsOf: finds a field that is missing, wrong or too many", () => {
  const [, installer] = wingetManifests(RELEASE);
  const demand = DEMANDS["jobbox.jobbox.installer.yaml"]!;
  const changed = (from: string, to: string): string[] =>
    faultsOf(installer!.text.replace(from, to), demand);
  assertMatch(changed("A".repeat(64), "short").join(), /InstallerSha256 must match pattern/);
  assertMatch(changed("InstallerType: portable\n", "").join(), /required property 'InstallerType'/);
  assertMatch(changed("Commands:", "Command:").join(), /must NOT have additional/);
});

Deno.test("checkManifests: reads each manifest by its own schema", async () => {
  await withCompiled(["x64", "arm64"], async (project) => {
    await prepareRelease(["owner/name", `v${version}`], project);
    const asked: string[] = [];
    const faults = await checkManifests(`${project}/dist/release`, (address) => {
      asked.push(address);
      return Promise.resolve(address.includes("Scoop") ? { required: ["nothing"] } : {});
    });
    assertEquals(asked, [...SCHEMAS.values()]);
    assertEquals(faults, ["jobbox.json: / must have required property 'nothing'"]);
  });
});
