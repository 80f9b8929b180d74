/**
 * Inserts the host's flags into a Deno command line, after the subcommand that accepts them.
 *
 * @module
 */

/** Flags for a subcommand, depending on what it supports. */
export interface HostFlags {
  /** The configuration file to use instead of deno.json. */
  readonly config: string;
  /** The same imports as an import map, for `deno doc`, which has no `--config`. */
  readonly importMap: string;
}

const KNOW_CONFIG = new Set([
  ...["run", "test", "bench", "check", "cache", "eval", "repl", "info", "serve", "compile"],
  ...["install", "lint", "publish", "bundle", "desktop", "pack", "transpile", "watch"],
]);
/** These load no module of the project, or change their configuration. */
const KNOW_NEITHER = new Set([
  ...["add", "approve-scripts", "audit", "bump-version", "ci", "clean", "completions", "coverage"],
  ...["create", "deploy", "fmt", "help", "init", "json_reference", "jupyter", "link", "list"],
  ...["lsp", "outdated", "remove", "sandbox", "task", "types", "uninstall", "unlink", "update"],
  ...["upgrade", "vendor", "version", "why", "x"],
  ...["-h", "--help", "-V", "--version"],
]);
const OWN_CHOICE = /^(-c|--config|--no-config|--import-map)(=|$)/;

/**
 * Adds the host's flags to a Deno command line.
 *
 * @param args The arguments of Deno, the subcommand first; a file or a flag first means `run`.
 * @param flags The flags, or `undefined` for none.
 * @returns The arguments; unchanged if the subcommand has no such flag, or if the command line
 * itself chooses a configuration or an import map.
 */
export function withHostFlags(args: readonly string[], flags: HostFlags | undefined): string[] {
  const [subcommand] = args;
  if (flags === undefined || subcommand === undefined || KNOW_NEITHER.has(subcommand)) {
    return [...args];
  }
  if (ownFlags(args).some((flag) => OWN_CHOICE.test(flag))) return [...args];
  if (subcommand === "doc") return ["doc", `--import-map=${flags.importMap}`, ...args.slice(1)];
  const config = `--config=${flags.config}`;
  if (KNOW_CONFIG.has(subcommand)) return [subcommand, config, ...args.slice(1)];
  return ["run", config, ...args];
}

/** The flags of Deno itself. Everything after the first file or `--` belongs to the program. */
function ownFlags(args: readonly string[]): string[] {
  const flags: string[] = [];
  for (const [index, argument] of args.entries()) {
    if (argument === "--") break;
    if (argument.startsWith("-")) flags.push(argument);
    else if (index > 0) break;
  }
  return flags;
}
