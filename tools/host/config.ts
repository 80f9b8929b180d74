/**
 * Configuration files made from deno.json: with the standard library from npm if JSR cannot be
 * reached, and with jobsim instead of kernel32's job objects.
 *
 * They are next to deno.json, because every path in a configuration is relative to its file, and
 * git ignores them. They contain everything in deno.json, because `--config` replaces it.
 *
 * @module
 */

import { defined } from "../../values/defined.ts";
import type { HostFlags } from "./deno_arguments.ts";
import { replaceFile } from "./replace_file.ts";

/** The parts of deno.json that the host reads. */
export interface DenoConfig {
  /** The import map's imports. */
  readonly imports?: Readonly<Record<string, string>>;
  /** The import map's scopes. */
  readonly scopes?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Everything else, unchanged. */
  readonly [key: string]: unknown;
}

/** Changes of a {@linkcode DenoConfig}. */
export interface ConfigChanges {
  /** Imports to add or replace. */
  readonly imports?: Readonly<Record<string, string>>;
  /** Scopes to add or replace. */
  readonly scopes?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Folders of packages that replace those of a registry. */
  readonly links?: readonly string[];
}

/** The replacement of one module by another, for all modules except that one. */
export interface Substitution {
  /** The module that is replaced, relative to the project. */
  readonly module: string;
  /** The module that replaces it and may still import it. */
  readonly by: string;
}

/**
 * Returns the changes that replace one module by another.
 *
 * @param substitution The two modules.
 * @returns An import, and a scope in which the replaced module is not replaced.
 */
export function substitute({ module, by }: Substitution): ConfigChanges {
  return { imports: { [module]: by }, scopes: { [by]: { [module]: module } } };
}

/**
 * Applies changes to a configuration.
 *
 * @param config What deno.json holds.
 * @param changes Any number of changes, the last one winning.
 * @returns The new configuration.
 */
export function changeConfig(config: DenoConfig, changes: readonly ConfigChanges[]): DenoConfig {
  const links = changes.flatMap((change) => change.links ?? []);
  return {
    ...config,
    imports: Object.assign({}, config.imports, ...changes.map((change) => change.imports)),
    scopes: Object.assign({}, config.scopes, ...changes.map((change) => change.scopes)),
    ...defined({ links: links.length === 0 ? undefined : links }),
    // A lock file made for another source would be wrong.
    lock: false,
  };
}

/**
 * Reads the project's deno.json.
 *
 * @param project The project's folder.
 * @returns What it holds; empty when there is none.
 */
export function readConfig(project: string): DenoConfig {
  try {
    return JSON.parse(Deno.readTextFileSync(`${project}/deno.json`));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return {};
    throw error;
  }
}

/** The parts of deno.lock that the host reads. */
export interface DenoLock {
  /** What deno.json asks for. */
  readonly workspace?: Readonly<Record<string, unknown>>;
  /** Everything else, unchanged. */
  readonly [key: string]: unknown;
}

/**
 * Reads the project's deno.lock.
 *
 * @param project The project's folder.
 * @param path The file, below it.
 * @returns What it holds; `undefined` when there is none.
 */
export function readLock(project: string, path = "deno.lock"): DenoLock | undefined {
  try {
    return JSON.parse(Deno.readTextFileSync(`${project}/${path}`));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/**
 * Writes a lock file beside deno.json, which git ignores.
 *
 * @param project The project's folder.
 * @param lock What it holds.
 * @param path The file, below it.
 * @returns Its path, relative to the project.
 */
export function writeLock(project: string, lock: DenoLock, path = ".deno.lock.json"): string {
  writeIfChanged(`${project}/${path}`, lock);
  return path;
}

/**
 * Writes a configuration beside deno.json, and its imports as an import map.
 *
 * @param project The project's folder.
 * @param options The short `name` of the files, and the configuration.
 * @returns The flags that name the files, relative to the project.
 */
export function writeConfig(
  project: string,
  options: {
    readonly name: string;
    readonly config: DenoConfig;
    readonly importMap: ConfigChanges;
  },
): HostFlags {
  const config = `.deno.${options.name}.json`;
  const importMap = `.deno.${options.name}.imports.json`;
  const { imports, scopes } = changeConfig(options.config, [options.importMap]);
  writeIfChanged(`${project}/${config}`, options.config);
  writeIfChanged(`${project}/${importMap}`, { imports, scopes });
  return { config, importMap };
}

/** Written completely or not at all, and only if it changes: other runs may be reading it. */
function writeIfChanged(path: string, value: unknown): void {
  const text = `${JSON.stringify(value, null, 2)}\n`;
  try {
    if (Deno.readTextFileSync(path) === text) return;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  replaceFile(path, text);
}
