/**
 * The tool as three modules, which start faster than its two hundred sources: its entry, what every
 * run needs, and the commands other than `run`, which are loaded when one is needed.
 *
 * The cache stores a bundle under the digest of its inputs, so a changed source makes another one,
 * and a bundle in use never changes. Function names are kept, and the source map next to each module
 * turns the positions of a stack trace into those of the sources.
 *
 * @module
 */

import { cached, cacheRoot, removeUnused, touch } from "./cache.ts";
import { exists, run, tellingLine } from "./command.ts";
import { withHostFlags } from "./deno_arguments.ts";
import { HostError } from "./host_error.ts";
import { PROJECT } from "./project.ts";
import { stdFlags } from "./std.ts";
import { windowsFlags } from "./windows_flags.ts";

/** The entry of the bundle in its folder. */
export const BUNDLE_FILE = "cli.js";

/**
 * The main module of an executable, next to the bundle. V8 parses a whole module before its first
 * line runs, and `--version` needs nothing of the tool.
 */
export const START_FILE = "start.js";

/** A bundle of the tool. */
export interface Bundle {
  /**
   * The folder, which holds {@linkcode BUNDLE_FILE}, the modules that it loads, a map for each, and
   * {@linkcode START_FILE}.
   */
  readonly folder: string;
  /** The first twelve digits of the SHA-256 of the sources, as the bundle itself reports them. */
  readonly sources: string;
}

/** The inputs of a bundle. */
export interface BundleRecipe {
  /** The folder of `cli.ts`. */
  readonly project: string;
  /** The flags for `deno bundle`: its configuration. */
  readonly flags: readonly string[];
  /** The project's folder as seen by the program that runs the bundle, for stack traces. */
  readonly seenAs: string;
}

/**
 * Not minified: V8 reads both alike fast, and the names in stack traces are kept at no cost.
 * `--minify --keep-names` sets the name of each function at the start, for 6 ms and 5 MB.
 */
const FLAGS = ["--quiet", "--code-splitting", "--sourcemap=linked"];
/** Increased when this file makes a different bundle from the same sources. */
const FORMAT = 3;
/** The folders of the project that are not part of the tool. */
const OTHERS = [
  "action",
  "bench",
  "coverage",
  "dist",
  "docs",
  "examples",
  "node_modules",
  "release",
  "tests",
];
/** The files of the host that are in a bundle. */
const OF_HOST = ["dll_jobsim.ts", "jobsim_path.ts", "build/jobsim_path.ts"]
  .map((name) => `tools/host/${name}`);
/** The text in `cli/build.ts` that the digest replaces. */
const PLACE_OF_DIGEST = "not-bundled!";
/** How often the sources may change during bundling before it gives up. */
const MOST_TRIES = 5;
/** How long an unused bundle is kept. */
const KEPT_MS = 24 * 60 * 60 * 1000;

/**
 * Returns how the tool is bundled for a kernel.
 *
 * @param kernel `system` is Windows or plain Wine; `jobsim` is Wine with jobsim where that is built.
 * @returns The recipe.
 */
export async function toolRecipe(kernel: "system" | "jobsim"): Promise<BundleRecipe> {
  const project = PROJECT;
  if (kernel === "system" || Deno.build.os === "windows") {
    return { project, flags: await stdFlags("bundle"), seenAs: seenAs(project) };
  }
  const flags = withHostFlags(["bundle"], await windowsFlags({ bare: false, bundled: true }));
  return { project, flags: flags.slice(1), seenAs: seenAs(project) };
}

function seenAs(project: string): string {
  const path = Deno.build.os === "windows" ? `/${project}` : `/Z:${project}`;
  return `file://${path.split("/").map((part) => encodeURI(part)).join("/")}`;
}

/**
 * Returns the bundle of the current sources; makes it if it is missing.
 *
 * @param recipe What to bundle.
 * @returns The bundle.
 * @throws {HostError} If `deno bundle` fails, or the sources keep changing during bundling.
 */
export async function bundleTool(recipe: BundleRecipe): Promise<Bundle> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const digests = await digestsOf(recipe);
    const name = `bundle-${digests.all.slice(0, 24)}`;
    const sources = digests.sources.slice(0, 12);
    const path = `${cacheRoot()}/${name}`;
    if (exists(path)) {
      touch(path);
      return { folder: path, sources };
    }
    try {
      const make = async (folder: string): Promise<void> => {
        await makeBundle(folder, { recipe, sources });
        if ((await digestsOf(recipe)).all !== digests.all) throw new SourcesChanged();
      };
      const folder = await cached(name, { what: "the bundle of the tool", make });
      removeUnused("bundle-", { keptMs: KEPT_MS, except: name });
      return { folder, sources };
    } catch (error) {
      if (!(error instanceof SourcesChanged)) throw error;
    }
  }
  throw new HostError("Cannot bundle jobbox: its sources change all the time", "run it again");
}

class SourcesChanged extends Error {}

async function makeBundle(
  folder: string,
  { recipe, sources }: { readonly recipe: BundleRecipe; readonly sources: string },
): Promise<void> {
  const { project, flags, seenAs } = recipe;
  Deno.mkdirSync(folder);
  const { code, stdout, stderr } = await run(
    [Deno.execPath(), "bundle", ...flags, ...FLAGS, "--outdir", folder, "cli.ts"],
    { cwd: project, env: { NO_COLOR: "1" } },
  );
  if (code !== 0 || !exists(`${folder}/${BUNDLE_FILE}`)) {
    throw new HostError(
      `Cannot bundle jobbox: deno bundle said: ${tellingLine(stderr || stdout)}`,
      "check its sources (deno check cli.ts), and the network: it needs esbuild from npm once",
    );
  }
  const files = [...Deno.readDirSync(folder)].map(({ name }) => `${folder}/${name}`);
  let places = 0;
  for (const file of files.filter((name) => name.endsWith(".js"))) {
    const text = Deno.readTextFileSync(file);
    places += text.split(PLACE_OF_DIGEST).length - 1;
    Deno.writeTextFileSync(file, inAscii(text.replaceAll(PLACE_OF_DIGEST, sources)));
  }
  if (places === 0) {
    throw new HostError(
      `Cannot bundle jobbox: ${folder} has no place for its digest`,
      "look there",
    );
  }
  for (const file of files.filter((name) => name.endsWith(".map"))) {
    relocateMap(file, { folder, project, seenAs });
  }
  Deno.writeTextFileSync(`${folder}/${START_FILE}`, startText(project));
}

/**
 * Escapes what is not ASCII: V8 stores a module with one wider character in two bytes each, and
 * parses it more slowly. The bundler does so in all texts but tagged templates.
 */
function inAscii(text: string): string {
  return text.replace(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Makes a source map name the sources as the program that runs the bundle sees them. */
function relocateMap(
  file: string,
  { folder, project, seenAs }:
    & Pick<BundleRecipe, "project" | "seenAs">
    & Pick<Bundle, "folder">,
): void {
  const known = new Set([...sourcesOf(project), ...hostPartsOf(project)]);
  const map = JSON.parse(Deno.readTextFileSync(file));
  map.sources = map.sources.map((source: string) => {
    const place = placeOf(source, { folder, project });
    if (/^\w+:/.test(place)) return place;
    if (known.has(place)) return `${seenAs}/${encodeURI(place)}`;
    throw new HostError(
      `Cannot bundle jobbox: its digest does not cover ${place}`,
      "add the file to the sources in tools/host/bundle.ts",
    );
  });
  Deno.writeTextFileSync(file, JSON.stringify(map));
}

/** Prints the version itself; if that fails, the tool tries again and reports why. */
function startText(project: string): string {
  const { version } = JSON.parse(Deno.readTextFileSync(`${project}/deno.json`));
  return `function printVersion() {
  const bytes = new TextEncoder().encode(${JSON.stringify(`jobbox ${version}\n`)});
  try {
    return Deno.stdout.writeSync(bytes) === bytes.length;
  } catch {
    return false;
  }
}
// Under the name of an engine all arguments are a command.
const isAlone = Deno.args.length === 1 && Deno.args[0] === "--version";
if (isAlone && !/jobbox-[^\\\\/]+$/i.test(Deno.execPath()) && printVersion()) Deno.exit(0);
const { start } = await import("./${BUNDLE_FILE}");
await start();
`;
}

/**
 * A source of the project as a path below it, any other source as a URL; the map has paths relative
 * to the bundle.
 */
function placeOf(
  source: string,
  { folder, project }: { readonly folder: string; readonly project: string },
): string {
  const base = new URL(`file://${folder.startsWith("/") ? "" : "/"}${encodeURI(folder)}/`);
  const { protocol, pathname, href } = new URL(source, base);
  const path = decodeURIComponent(pathname).replace(/^\/(?=[A-Za-z]:)/, "");
  const isOwn = protocol === "file:" && path.startsWith(`${project}/`);
  return isOwn ? path.slice(project.length + 1) : href;
}

interface Digests {
  /** The digest of the sources alone. */
  readonly sources: string;
  /** The digest of everything the bundle depends on. */
  readonly all: string;
}

async function digestsOf({ project, flags, seenAs }: BundleRecipe): Promise<Digests> {
  const textsOf = (paths: readonly string[]): string[] =>
    paths.flatMap((path) => [path, Deno.readTextFileSync(`${project}/${path}`)]);
  const sources = await digest(textsOf(sourcesOf(project)));
  const config = flags.flatMap((flag) => {
    const [, file] = /^--config=(.+)$/.exec(flag) ?? [];
    return file === undefined ? [flag] : [flag, Deno.readTextFileSync(`${project}/${file}`)];
  });
  const all = [
    String(FORMAT),
    Deno.version.deno,
    ...FLAGS,
    seenAs,
    ...config,
    ...textsOf(hostPartsOf(project)),
    sources,
  ];
  return { sources, all: await digest(all) };
}

function hostPartsOf(project: string): string[] {
  return OF_HOST.filter((path) => exists(`${project}/${path}`));
}

/** Every file of the tool that may be in a bundle. */
function sourcesOf(project: string): string[] {
  const found: string[] = [];
  const list = (folder: string): void => {
    for (const { name, isDirectory } of Deno.readDirSync(`${project}/${folder}`)) {
      const path = folder + name;
      const isOther = OTHERS.includes(path) || path === "tools" || name.startsWith(".");
      if (isDirectory && !isOther) list(`${path}/`);
      else if (!isOther && /\.(ts|js|json)$/.test(name)) found.push(path);
    }
  };
  list("");
  return found.toSorted();
}

async function digest(parts: readonly string[]): Promise<string> {
  const bytes = new TextEncoder().encode(parts.map((part) => `${part.length}\0${part}`).join(""));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}
