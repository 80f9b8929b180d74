/** The project's modules and what they import, as Deno itself resolves them. */

/** One import of a module. */
export interface Import {
  /** A path below the project's root, or a whole specifier where it leads out of the project. */
  readonly to: string;
  /** Whether only types are imported, so that nothing is left of it at run time. */
  readonly typeOnly: boolean;
}

/** One source file of the project. */
export interface Module {
  /** The path below the project's root, with `/`. */
  readonly path: string;
  /** The text. */
  readonly source: string;
  /** What it imports, re-exports and loads. */
  readonly imports: readonly Import[];
}

interface Resolved {
  readonly specifier?: string;
}

interface Info {
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly {
      readonly specifier: string;
      readonly code?: Resolved;
      readonly type?: Resolved;
    }[];
  }[];
}

/** The folder of `deno.json`. */
export const PROJECT_ROOT: URL = new URL("../../", import.meta.url);

async function run(command: string, args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, {
    args: [...args],
    cwd: PROJECT_ROOT,
  }).output();
  if (success) return new TextDecoder().decode(stdout);
  throw new Error(`Cannot run ${command} ${args[0]}: ${new TextDecoder().decode(stderr)}`);
}

/**
 * Lists the files of the project that git knows or would know: tracked, or new and not ignored.
 *
 * @returns Paths below the project's root.
 */
export async function projectFiles(): Promise<string[]> {
  const text = await run("git", ["ls-files", "-z", "-co", "--exclude-standard", "--deduplicate"]);
  const paths = text.split("\0").filter((path) => path !== "");
  const there = await Promise.all(paths.map(async (path) => {
    try {
      return (await Deno.lstat(new URL(path, PROJECT_ROOT))).isFile;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
  }));
  return paths.filter((_, i) => there[i]);
}

/**
 * Reads the modules at `paths` and their imports.
 *
 * @param paths Paths below the project's root.
 */
export async function readModules(paths: readonly string[]): Promise<Module[]> {
  const entry = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    const root = PROJECT_ROOT.href;
    const lines = paths.map((path) => `import ${JSON.stringify(root + path)};\n`);
    await Deno.writeTextFile(entry, lines.join(""));
    // No network: where a package comes from does not matter, only that it is one.
    const args = ["info", "--json", "--no-remote", "--no-lock", "--config", "deno.json", entry];
    const info = JSON.parse(await run(Deno.execPath(), args)) as Info;
    return await Promise.all(paths.map(async (path): Promise<Module> => {
      const found = info.modules.find(({ specifier }) => specifier === root + path);
      if (found === undefined) throw new Error(`Cannot read ${path}: deno info does not name it`);
      const imports = (found.dependencies ?? []).map((dependency): Import => {
        const to = dependency.code?.specifier ?? dependency.type?.specifier ?? dependency.specifier;
        return {
          to: to.startsWith(root) ? to.slice(root.length) : to,
          typeOnly: dependency.code === undefined,
        };
      });
      return { path, source: await Deno.readTextFile(new URL(path, PROJECT_ROOT)), imports };
    }));
  } finally {
    await Deno.remove(entry);
  }
}
