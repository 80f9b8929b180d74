/**
 * The manifests of a release for winget and scoop.
 *
 * winget takes three YAML files, for a pull request to its repository of packages; scoop takes one
 * JSON file, which a bucket holds.
 *
 * @module
 */
import { stringify } from "npm:yaml@2.9.0";
import type { Release } from "./files.ts";
import { fileUrl } from "./names.ts";

/** A manifest. */
export interface Manifest {
  /** The file's name. */
  readonly name: string;
  /** What it says. */
  readonly content: Readonly<Record<string, unknown>>;
  /** The file's text. */
  readonly text: string;
}

/** The name of the package in winget. */
export const WINGET_ID = "jobbox.jobbox";
/** The version of winget's manifests that these are. */
export const WINGET_FORMAT = "1.10.0";

const DESCRIPTION = "Runs a process tree on Windows inside limits, and leaves a record of it";
const PUBLISHER = "The jobbox authors";
const COMMAND = "jobbox";

/**
 * Makes the three manifests for winget.
 *
 * @param release The release.
 * @returns The version, the installers and the texts in English.
 */
export function wingetManifests(release: Release): Manifest[] {
  const { version, repository, executables } = release;
  const page = `https://github.com/${repository}`;
  const make = (type: string, suffix: string, rest: Record<string, unknown>): Manifest => {
    const content = {
      PackageIdentifier: WINGET_ID,
      PackageVersion: version,
      ...rest,
      ManifestType: type,
      ManifestVersion: WINGET_FORMAT,
    };
    return { name: `${WINGET_ID}${suffix}.yaml`, content, text: stringify(content) };
  };
  return [
    make("version", "", { DefaultLocale: "en-US" }),
    make("installer", ".installer", {
      Platform: ["Windows.Desktop"],
      MinimumOSVersion: "10.0.0.0",
      InstallerType: "portable",
      Commands: [COMMAND],
      Installers: executables.map(({ target, name, sha256 }) => ({
        Architecture: target,
        InstallerUrl: fileUrl(release, name),
        InstallerSha256: sha256.toUpperCase(),
      })),
    }),
    make("defaultLocale", ".locale.en-US", {
      PackageLocale: "en-US",
      Publisher: PUBLISHER,
      PackageName: COMMAND,
      PackageUrl: page,
      License: "MIT",
      LicenseUrl: `${page}/blob/v${version}/LICENSE`,
      ShortDescription: DESCRIPTION,
      Tags: ["job-object", "sandbox", "limits", "process", "cli"],
      ReleaseNotesUrl: `${page}/releases/tag/v${version}`,
    }),
  ];
}

/** scoop's names of the processors. */
const SCOOP_TARGETS = { x64: "64bit", arm64: "arm64" } as const;

/**
 * Makes the manifest for scoop.
 *
 * @param release The release.
 * @returns The manifest; it updates itself for later releases.
 */
export function scoopManifest(release: Release): Manifest {
  const { version, repository, executables } = release;
  const page = `https://github.com/${repository}`;
  // scoop names the file by the part after the #.
  const url = (of: Release, name: string): string => `${fileUrl(of, name)}#/${COMMAND}.exe`;
  const later = { ...release, version: "$version" };
  const content = {
    version,
    description: DESCRIPTION,
    homepage: page,
    license: "MIT",
    architecture: Object.fromEntries(executables.map(({ target, name, sha256 }) => [
      SCOOP_TARGETS[target],
      { url: url(release, name), hash: sha256 },
    ])),
    bin: `${COMMAND}.exe`,
    checkver: { github: page },
    autoupdate: {
      architecture: Object.fromEntries(executables.map(({ target, name }) => [
        SCOOP_TARGETS[target],
        { url: url(later, name.replace(version, "$version")), hash: { url: "$url.sha256" } },
      ])),
    },
  };
  return { name: `${COMMAND}.json`, content, text: `${JSON.stringify(content, null, 2)}\n` };
}
