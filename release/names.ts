/**
 * The names and addresses of the files of a release.
 *
 * @module
 */
import type { Target } from "./base.ts";

/**
 * Names an executable as the release's page does.
 *
 * @param version The version.
 * @param target The processor.
 * @returns Such as `jobbox-v0.1.0-windows-x64.exe`.
 */
export function executableName(version: string, target: Target): string {
  return `jobbox-v${version}-windows-${target}.exe`;
}

/**
 * The address of a file of a release.
 *
 * @param release The repository and the version.
 * @param name The file's name.
 * @param server The server that has the repository.
 * @returns The address.
 */
export function fileUrl(
  { repository, version }: { readonly repository: string; readonly version: string },
  name: string,
  server = "https://github.com",
): string {
  return `${server}/${repository}/releases/download/v${version}/${name}`;
}
