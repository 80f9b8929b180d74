/**
 * The environment variables of a program under Wine: the suitable ones of this machine, and Wine's
 * own.
 *
 * Pure.
 *
 * @module
 */

/** Variables by name. */
export type Variables = Readonly<Record<string, string>>;

/** The variables that are not passed on, each with the harm it does. */
const NOT_FOR_WINE: readonly RegExp[] = [
  // With it Wine 10 crashes with "free(): invalid pointer".
  /^TMPDIR$/,
  // Variables of another Wine: its server's socket, its folders, a Windows PATH.
  /^WINE/,
  // Linux programs next to Wine obey them, or print a warning for each start.
  /^(LD_|MALLOC_|GLIBC_TUNABLES$)/,
  // Windows ignores the case of names and would use this as PATH.
  /^(?=.*[a-z])[Pp][Aa][Tt][Hh]$/,
  // Inside, the terminal is always Wine's console.
  /^(TERM_PROGRAM|WT_|ConEmu)/,
  // Linux files that Windows programs would treat as their own.
  /^(SSL_CERT_FILE|SSL_CERT_DIR|NODE_EXTRA_CA_CERTS|DENO_CERT|OPENSSL_CONF)$/,
  // No windows: test programs must not use this machine's screen.
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
    // No menus, no .NET, no HTML engine: each would take seconds or ask to download something.
    WINEDLLOVERRIDES: "winemenubuilder.exe,mscoree,mshtml=",
    // Wine prints a line about it when it is missing.
    XDG_RUNTIME_DIR: `${prefix}/run`,
    // The code page of arguments and file names; any other one turns non-ASCII characters into "?".
    LC_ALL: "C.UTF-8",
  };
}

/**
 * All variables for a program under Wine.
 *
 * @param own The variables of this process.
 * @param prefix The Wine prefix.
 * @returns The suitable ones of this process, and {@linkcode wineVariables}.
 */
export function wineEnvironment(own: Variables, prefix: string): Record<string, string> {
  return { ...suitingVariables(own), ...wineVariables(prefix) };
}

/**
 * Filters the variables that do Wine no harm.
 *
 * @param own The variables of this process.
 * @returns The variables that may be passed on, and a PATH that also finds the programs inside.
 */
export function suitingVariables(own: Variables): Record<string, string> {
  const suiting = Object.entries(own).filter(([name]) =>
    !NOT_FOR_WINE.some((pattern) => pattern.test(name))
  );
  // Wine's root folder has its programs there, even if this system has them elsewhere.
  return {
    ...Object.fromEntries(suiting),
    PATH: [own.PATH, "/usr/bin:/bin"].filter(Boolean).join(":"),
  };
}
