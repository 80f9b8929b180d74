/**
 * The variables that a program under Wine gets: this machine's, as far as they suit, and Wine's own.
 *
 * Pure.
 *
 * @module
 */

/** Variables by name. */
export type Variables = Readonly<Record<string, string>>;

/** What is not handed on, each with what it does there. */
const NOT_FOR_WINE: readonly RegExp[] = [
  // Wine 10 frees a text of its own program with it: "free(): invalid pointer".
  /^TMPDIR$/,
  // Those of another Wine: a socket of its server, its folders, a Windows PATH.
  /^WINE/,
  // Linux programs that run beside Wine obey them, or print a warning for each start.
  /^(LD_|MALLOC_|GLIBC_TUNABLES$)/,
  // Windows knows one PATH, whatever its case, and would take this for it.
  /^(?=.*[a-z])[Pp][Aa][Tt][Hh]$/,
  // The terminal is Wine's console, whatever is around it.
  /^(TERM_PROGRAM|WT_|ConEmu)/,
  // Files of Linux that Windows programs would take for their own.
  /^(SSL_CERT_FILE|SSL_CERT_DIR|NODE_EXTRA_CA_CERTS|DENO_CERT|OPENSSL_CONF)$/,
  // No windows: the screen of this machine is not for the programs of a test.
  /^(DISPLAY|WAYLAND_DISPLAY)$/,
];

/**
 * The variables that Wine needs.
 *
 * @param prefix The Wine prefix.
 * @returns The variables.
 */
export function wineVariables(prefix: string): Record<string, string> {
  return {
    WINEPREFIX: prefix,
    WINEDEBUG: "-all",
    WINEARCH: "win64",
    // No menus, no .NET, no HTML engine: each would cost seconds or ask to download something.
    WINEDLLOVERRIDES: "winemenubuilder.exe,mscoree,mshtml=",
    // Wine prints a line about it when it is missing.
    XDG_RUNTIME_DIR: `${prefix}/run`,
    // The code page of arguments and file names; anything else turns non-ASCII into "?".
    LC_ALL: "C.UTF-8",
  };
}

/**
 * All variables for a program under Wine.
 *
 * @param own The variables of this process.
 * @param prefix The Wine prefix.
 * @returns Those of this process that suit, and {@linkcode wineVariables}.
 */
export function wineEnvironment(own: Variables, prefix: string): Record<string, string> {
  return { ...suitingVariables(own), ...wineVariables(prefix) };
}

/**
 * The variables that do Wine no harm.
 *
 * @param own The variables of this process.
 * @returns Those that may be handed on, and a PATH that leads to programs inside too.
 */
export function suitingVariables(own: Variables): Record<string, string> {
  const suiting = Object.entries(own).filter(([name]) =>
    !NOT_FOR_WINE.some((pattern) => pattern.test(name))
  );
  // Wine's root folder has its programs there, wherever those of this system are.
  return {
    ...Object.fromEntries(suiting),
    PATH: [own.PATH, "/usr/bin:/bin"].filter(Boolean).join(":"),
  };
}
