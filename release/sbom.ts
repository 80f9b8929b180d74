/**
 * The software bill of materials of a release, in the format of CycloneDX, by CycloneDX's own
 * library.
 *
 * It names what is in the executables: the tool, the packages that its modules import, and the Deno
 * that `deno compile` puts them into. Deno's own components are listed in its releases.
 *
 * @module
 */
import "npm:ajv@8.20.0";
import "npm:ajv-formats@3.0.1";
import "npm:ajv-formats-draft2019@1.6.1";
import {
  Enums,
  Models,
  Serialize,
  Spec,
  Validation,
} from "npm:@cyclonedx/cyclonedx-library@10.3.0";
import { HostError } from "../tools/host/host_error.ts";
import { defined } from "../values/defined.ts";
import type { Executable } from "./files.ts";

/** A package that modules import. */
export interface Package {
  /** Its registry's scheme, such as `"jsr"`. */
  readonly registry: string;
  /** Its name, such as `"@std/cli"`. */
  readonly name: string;
  /** Its exact version. */
  readonly version: string;
}

/** What the bill covers. */
export interface Materials {
  /** The tool's version. */
  readonly version: string;
  /** Its executables. */
  readonly executables: readonly Executable[];
  /** The packages that are in them. */
  readonly packages: readonly Package[];
  /** The runtime that is in them. */
  readonly runtime: { readonly deno: string; readonly v8: string };
  /** When it was made. */
  readonly time: Date;
}

/** What `deno info --json` says of a graph, as far as it is read here. */
export interface ModuleGraph {
  readonly modules: readonly {
    readonly specifier: string;
    readonly error?: string;
    readonly dependencies?: readonly { readonly specifier: string }[];
  }[];
}

/**
 * Finds the packages that a graph of modules imports.
 *
 * @param graph The graph.
 * @param imports The imports of deno.json.
 * @returns Each package once.
 * @throws {HostError} If a module is missing or imports what deno.json does not pin.
 */
export function packagesOf(
  graph: ModuleGraph,
  imports: Readonly<Record<string, string>>,
): Package[] {
  const found = new Map<string, Package>();
  for (const { specifier, error, dependencies = [] } of graph.modules) {
    if (error !== undefined) {
      throw new HostError(
        `Cannot list what ${specifier} is made of: ${error}`,
        "deno check cli.ts",
      );
    }
    for (const { specifier: imported } of dependencies) {
      if (/^(\.{1,2}\/|file:|node:)/.test(imported)) continue;
      const key = Object.keys(imports).find((name) =>
        imported === name || imported.startsWith(`${name}/`)
      );
      const pinned = /^(\w+):\/?(@?[^@]+)@(\d+\.\d+\.\d+)(\/|$)/.exec(
        key === undefined ? imported : imports[key]!,
      );
      const [, registry, name, version] = pinned ?? [];
      if (registry === undefined || name === undefined || version === undefined) {
        throw new HostError(
          `Cannot list ${imported}: it has no exact version`,
          "pin it in the imports of deno.json",
        );
      }
      found.set(`${registry}:${name}`, { registry, name, version });
    }
  }
  return [...found.values()];
}

function license(component: Models.Component, id: string): Models.Component {
  component.licenses.add(new Models.SpdxLicense(id));
  return component;
}

function packageComponent({ registry, name, version }: Package): Models.Component {
  const [group, short] = name.startsWith("@") ? name.split("/") : [undefined, name];
  return new Models.Component(Enums.ComponentType.Library, short ?? name, {
    ...defined({ group }),
    version,
    bomRef: `${registry}:${name}@${version}`,
  });
}

/**
 * Writes the bill.
 *
 * @param materials What it covers.
 * @returns JSON that conforms to CycloneDX 1.6.
 * @throws {Error} If it does not, which is a fault of this file.
 */
export async function renderSbom(materials: Materials): Promise<string> {
  const { version, executables, packages, runtime, time } = materials;
  const tool = new Models.Component(Enums.ComponentType.Application, "jobbox", {
    version,
    bomRef: `jobbox@${version}`,
  });
  license(tool, "MIT");
  const deno = new Models.Component(Enums.ComponentType.Platform, "deno", {
    version: runtime.deno,
    bomRef: `deno@${runtime.deno}`,
    purl: `pkg:github/denoland/deno@v${runtime.deno}`,
  });
  license(deno, "MIT");
  const v8 = new Models.Component(Enums.ComponentType.Library, "v8", {
    version: runtime.v8,
    bomRef: `v8@${runtime.v8}`,
  });
  deno.dependencies.add(v8.bomRef);
  const libraries = packages.map(packageComponent);
  const files = executables.map(({ name, sha256 }) =>
    new Models.Component(Enums.ComponentType.File, name, {
      bomRef: name,
      hashes: new Models.HashDictionary([[Enums.HashAlgorithm["SHA-256"], sha256]]),
    })
  );
  for (const part of [deno, ...libraries]) tool.dependencies.add(part.bomRef);

  const bom = new Models.Bom();
  bom.serialNumber = `urn:uuid:${crypto.randomUUID()}`;
  bom.metadata.timestamp = time;
  bom.metadata.component = tool;
  for (const part of [deno, v8, ...libraries, ...files]) bom.components.add(part);
  const factory = new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6);
  const text = new Serialize.JsonSerializer(factory).serialize(bom, { sortLists: true, space: 2 });
  const wrong = await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text);
  if (wrong !== null) throw new Error(`The bill of materials is wrong: ${JSON.stringify(wrong)}`);
  return `${text}\n`;
}
