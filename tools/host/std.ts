/**
 * The standard library for machines that cannot reach JSR: npm's build of it, with our own type
 * declarations.
 *
 * deno.json names JSR, as everyone expects. If JSR cannot be reached, the packages are linked
 * (`links` of a configuration) to folders of the cache, so every specifier stays unchanged and type
 * checks stay real.
 *
 * @module
 */

import { cached, cacheRoot, makeFolder } from "./cache.ts";
import { exists, run } from "./command.ts";
import {
  changeConfig,
  type ConfigChanges,
  readConfig,
  readLock,
  writeConfig,
  writeLock,
} from "./config.ts";
import { withHostFlags } from "./deno_arguments.ts";
import { HostError } from "./host_error.ts";
import { fetchNpmPackage } from "./packages.ts";
import { PROJECT } from "./project.ts";
import { replaceFile } from "./replace_file.ts";
import { STD_INTEGRITY, STD_PACKAGE, STD_VERSION } from "./versions.ts";

/** The replacement for JSR's packages. */
export interface StdFallback {
  /** For a configuration: the packages as links. */
  readonly links: ConfigChanges;
  /** For an import map: the modules as files. */
  readonly importMap: ConfigChanges;
}

/** The exports of the packages that the fallback carries, each with its shim and npm's module. */
const PACKAGES: Readonly<Record<string, readonly StdModule[]>> = {
  "@std/assert": [{ name: "assert", at: ".", original: "assert/mod.js" }],
  "@std/async": [
    { name: "deadline", at: "./deadline", original: "async/deadline.js" },
    { name: "delay", at: "./delay", original: "async/delay.js" },
  ],
  "@std/cli": [
    { name: "parse_args", at: "./parse-args", original: "cli/parse_args.js" },
    { name: "unicode_width", at: "./unicode-width", original: undefined },
  ],
  "@std/testing": [{ name: "types", at: "./types", original: undefined }],
  "@std/text": [
    { name: "closest_string", at: "./closest-string", original: "text/closest_string.js" },
    {
      name: "levenshtein_distance",
      at: "./levenshtein-distance",
      original: "text/levenshtein_distance.js",
    },
  ],
};

interface StdModule {
  readonly name: string;
  readonly at: string;
  /** npm's module, or `undefined` if the shim is a module itself. */
  readonly original: string | undefined;
}

const SHIMS = `${PROJECT}/tools/host/std`;
/** Long enough for a slow connection; a machine without one fails at once. */
const REACH_MS = 8_000;
const REMEMBER_MS = 24 * 60 * 60 * 1000;
/**
 * The subcommands that load npm's packages. deno.json switches the lock file off, because with one
 * every other subcommand, `deno task` too, fetches all packages that it lists.
 */
const LOCKED = new Set(["check", "run", "test"]);

/**
 * The versions that deno.json pins.
 *
 * @returns The JSR specifier and exact version of each package that the fallback carries.
 * @throws {HostError} If deno.json maps one of them to something else.
 */
export function stdPins(): Map<string, string> {
  const pins = new Map<string, string>();
  for (const name of Object.keys(PACKAGES)) {
    const target = readConfig(PROJECT).imports?.[name];
    if (target === undefined) continue;
    const version = /^jsr:(@std\/\w+)@[\^~]?(\d+\.\d+\.\d+)$/.exec(target);
    if (version?.[1] !== name || version[2] === undefined) {
      throw new HostError(
        `Cannot stand in for ${name}: deno.json maps it to ${target}`,
        `map it to jsr:${name}@VERSION`,
      );
    }
    pins.set(name, version[2]);
  }
  return pins;
}

/**
 * The specifiers to fetch so that no module of the standard library is missing later.
 *
 * @returns One specifier for each module that the fallback carries.
 */
export function stdSpecifiers(): string[] {
  return [...stdPins()].flatMap(([name, version]) =>
    (PACKAGES[name] ?? []).map(({ at }) => `jsr:${name}@${version}${at.slice(1)}`)
  );
}

/**
 * Returns the replacement for JSR's packages; fetches it if it is missing.
 *
 * @returns The fallback, or `undefined` if JSR can be reached or deno.json names none of the
 * packages.
 */
export async function stdFallback(): Promise<StdFallback | undefined> {
  const pins = stdPins();
  if (pins.size === 0 || await jsrAnswers()) return undefined;
  const original = await cached(`${STD_PACKAGE}-${STD_VERSION}`, {
    what: "the standard library",
    make: (path) =>
      fetchNpmPackage(path, {
        name: STD_PACKAGE,
        version: STD_VERSION,
        integrity: STD_INTEGRITY,
        size: "0.3 MB",
      }),
  });
  const shims = [...Deno.readDirSync(SHIMS)].map(({ name }) => name).toSorted();
  const parts = [JSON.stringify([...pins]), JSON.stringify(PACKAGES)];
  for (const name of shims) parts.push(name, Deno.readTextFileSync(`${SHIMS}/${name}`));
  const bytes = new TextEncoder().encode(parts.join("\0"));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex().slice(0, 12);
  const folder = await cached(`std-${digest}`, {
    what: "the typed standard library",
    make: (path) => Promise.resolve(makePackages(path, { original, shims, pins })),
  });
  return describe(folder, pins);
}

/**
 * The flags that a Deno command of this machine needs to find the standard library.
 *
 * @param subcommand The subcommand, for example `test` or `doc`.
 * @returns The flags to put right after it; if JSR can be reached, at most the lock file's.
 */
export async function stdFlags(subcommand: string): Promise<string[]> {
  const fallback = await stdFallback();
  if (fallback === undefined) return LOCKED.has(subcommand) ? ["--lock=deno.lock"] : [];
  const plain = changeConfig(readConfig(PROJECT), [fallback.links]);
  const lock = LOCKED.has(subcommand) ? frozenLock() : undefined;
  const [name, config] = lock === undefined ? ["std", plain] : ["frozen", { ...plain, lock }];
  const flags = writeConfig(PROJECT, { name, config, importMap: fallback.importMap });
  return withHostFlags([subcommand], flags).slice(1);
}

/**
 * The project's lock file with the stand-ins instead of JSR's packages, frozen: an npm package that
 * is not in it, or has other bytes, is an error.
 *
 * @returns The part of a configuration; `undefined` if the project has no lock file.
 */
function frozenLock(): { readonly path: string; readonly frozen: true } | undefined {
  const lock = readLock(PROJECT);
  if (lock === undefined) return undefined;
  const links = Object.fromEntries(
    [...stdPins()].map(([name, version]) => [`jsr:${name}@${version}`, {}]),
  );
  return {
    path: writeLock(PROJECT, { ...lock, workspace: { ...lock.workspace, links } }),
    frozen: true,
  };
}

/**
 * Tries with Deno itself, so that its proxy, certificates and cache decide; remembers the result
 * for a day.
 */
async function jsrAnswers(): Promise<boolean> {
  const specifiers = stdSpecifiers();
  const answer = `${cacheRoot()}/jsr`;
  const key = specifiers.join(" ");
  if (exists(answer)) {
    const [known, said, at] = Deno.readTextFileSync(answer).split("\n");
    if (known === key && Date.now() - Number(at) < REMEMBER_MS) return said === "yes";
  }
  const { code } = await run(
    [Deno.execPath(), "cache", "--no-config", "--no-lock", "--quiet", ...specifiers],
    { signal: AbortSignal.timeout(REACH_MS) },
  );
  makeFolder(cacheRoot());
  replaceFile(answer, [key, code === 0 ? "yes" : "no", Date.now()].join("\n"));
  return code === 0;
}

function makePackages(
  path: string,
  from: {
    readonly original: string;
    readonly shims: readonly string[];
    readonly pins: ReadonlyMap<string, string>;
  },
): void {
  Deno.mkdirSync(path);
  for (const [name, version] of from.pins) {
    const folder = `${path}/${folderOf(name)}`;
    Deno.mkdirSync(folder);
    const modules = PACKAGES[name] ?? [];
    if (modules.some(({ original }) => original !== undefined)) {
      for (const part of [folderOf(name), "internal"]) {
        copyFolder(`${from.original}/${part}`, `${folder}/npm/${part}`);
      }
    }
    for (const shim of from.shims) Deno.copyFileSync(`${SHIMS}/${shim}`, `${folder}/${shim}`);
    for (const module of modules) {
      if (module.original === undefined) continue;
      Deno.writeTextFileSync(
        `${folder}/${module.name}.js`,
        `// @ts-self-types="./${module.name}.d.ts"\nexport * from "./npm/${module.original}";\n`,
      );
    }
    const exports = Object.fromEntries(modules.map(({ at, name }) => [at, `./${name}.js`]));
    Deno.writeTextFileSync(`${folder}/deno.json`, JSON.stringify({ name, version, exports }));
  }
}

function copyFolder(from: string, to: string): void {
  Deno.mkdirSync(to, { recursive: true });
  for (const entry of Deno.readDirSync(from)) {
    if (entry.isFile) Deno.copyFileSync(`${from}/${entry.name}`, `${to}/${entry.name}`);
  }
}

function describe(folder: string, pins: ReadonlyMap<string, string>): StdFallback {
  const imports: Record<string, string> = {};
  const links: string[] = [];
  for (const name of pins.keys()) {
    // Both are relative URLs, so a space, "%" or "é" in a folder's name is encoded as in URLs.
    const own = asUrl(`${relative(PROJECT, folder)}/${folderOf(name)}`);
    links.push(own);
    for (const module of PACKAGES[name] ?? []) {
      imports[name + module.at.slice(1)] = `${own}/${module.name}.js`;
    }
  }
  return { links: { links }, importMap: { imports } };
}

function asUrl(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

function folderOf(name: string): string {
  return name.slice(name.indexOf("/") + 1);
}

/**
 * The path from one folder to another. A relative path is the same for Linux and for Wine's drive
 * Z.
 *
 * @param from An absolute folder.
 * @param to An absolute folder.
 * @returns The relative path, or `to` itself if it is on another drive.
 */
export function relative(from: string, to: string): string {
  const [source, target] = [from.split("/"), to.split("/")];
  let shared = 0;
  while (shared < source.length && source[shared] === target[shared]) shared++;
  if (shared === 0) return to;
  return ["..", ...source.slice(shared + 1).map(() => ".."), ...target.slice(shared)].join("/");
}
