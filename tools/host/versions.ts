/**
 * The versions of everything that the Linux host provisions.
 *
 * @module
 */

/** The Deno version of both systems; the Windows build must be the one the tests were proven with. */
export const DENO_VERSION = "2.9.5";

/** The npm package that holds the Windows build of {@linkcode DENO_VERSION}. */
export const DENO_PACKAGE = "@deno/win32-x64";

/** Subresource integrity of the packed {@linkcode DENO_PACKAGE}, checked before it is unpacked. */
export const DENO_INTEGRITY =
  "sha512-LkcERsH0olOgevg9L9eootSr1U8ydyfnX1bS3mFqU+lGBeTYtlec5b/QF473WUOGVgPlWECrkxi4As5kEaFOzg==";

/** The lowest major version of Wine that can run deno.exe; older ones lack placeholder mappings. */
export const WINE_MAJOR = 10;

/** The Debian release whose Wine is new enough. */
export const DEBIAN_SUITE = "trixie";

/** The npm build of the standard library, for machines that cannot reach JSR. */
export const STD_PACKAGE = "deno-std";

/** The version of {@linkcode STD_PACKAGE}. */
export const STD_VERSION = "1.4.0";

/** Subresource integrity of the packed {@linkcode STD_PACKAGE}. */
export const STD_INTEGRITY =
  "sha512-7c0Y6tyn0Sx0NKiaAeGtDwrpG+C7VFcOStVcYXPnjAuIEonxzVV+n6s8iuFjg6keqzxo/zrPbR/J9EY9BLNsRA==";

/** The npm packages that the tests under Wine import, whose versions deno.lock has. */
export const TEST_PACKAGES: readonly string[] = ["ajv"];

/**
 * A program on npm that was made with `deno compile`. It serves as Deno's base in tests if Deno's
 * own cannot be reached.
 */
export const BASE_PACKAGE = "@stdy/cli-win32-x64";

/** The version of {@linkcode BASE_PACKAGE}. */
export const BASE_VERSION = "0.22.2";

/** The program in {@linkcode BASE_PACKAGE}. */
export const BASE_FILE = "bin/steady.exe";

/** Subresource integrity of the packed {@linkcode BASE_PACKAGE}. */
export const BASE_INTEGRITY =
  "sha512-7ZsJltOYVvMTl6eAy1AKMya7TFhb629FXr/BKZTyQsBrPj28rAaebQSTFYs1IZN0+n6LnJTpue6m4SIkevqBNA==";

/** The version of Deno in {@linkcode BASE_PACKAGE}; only the same version can compile with it. */
export const COMPILER_VERSION = "2.7.11";

/** The npm package that holds {@linkcode COMPILER_VERSION} for Linux. */
export const COMPILER_PACKAGE = "@deno/linux-x64-glibc";

/** Subresource integrity of the packed {@linkcode COMPILER_PACKAGE}. */
export const COMPILER_INTEGRITY =
  "sha512-TCRXqy4rHI+pKmWfjIz/qfDyfTz61qhxj+03kEJ3r0YzRGsXNoHyE7WiUawwUK2hbrBAu7hn3m5833VUYqRzOg==";

/**
 * Increased when the layout of the cache changes, so that an older cache is not used as a new one.
 */
export const CACHE_FORMAT = 1;
