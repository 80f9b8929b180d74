/**
 * Checks the manifests of a release against the schemas that winget and scoop publish:
 * `deno run -A release/check_manifests.ts` after `deno task release`.
 *
 * The schemas are fetched from their repositories, each at one commit.
 *
 * @module
 */
import { Ajv } from "npm:ajv@8.20.0";
import addFormats from "npm:ajv-formats@3.0.1";
import { parse } from "npm:yaml@2.9.0";
import { HostError } from "../tools/host/host_error.ts";
import { writeStderr } from "../tools/host/progress.ts";
import { PROJECT } from "../tools/host/project.ts";
import { RELEASE_FOLDER } from "./files.ts";
import { WINGET_FORMAT, WINGET_ID } from "./manifests.ts";

const RAW = "https://raw.githubusercontent.com";

function winget(commit: string, type: string): string {
  const folder = `microsoft/winget-cli/${commit}/schemas/JSON/manifests/v${WINGET_FORMAT}`;
  return `${RAW}/${folder}/manifest.${type}.${WINGET_FORMAT}.json`;
}

/** Each manifest and its schema. */
export const SCHEMAS: ReadonlyMap<string, string> = new Map([
  [`${WINGET_ID}.yaml`, winget("22d25b11307eeb206ffa9f7c7af4b086b23e72b5", "version")],
  [
    `${WINGET_ID}.installer.yaml`,
    winget("0cfc90f4cd912a44610abf5298debeaadb158ce1", "installer"),
  ],
  [
    `${WINGET_ID}.locale.en-US.yaml`,
    winget("22d25b11307eeb206ffa9f7c7af4b086b23e72b5", "defaultLocale"),
  ],
  [
    "jobbox.json",
    `${RAW}/ScoopInstaller/Scoop/918ba4ec4d897d47e409e78c295aad1bf61fcc71/schema.json`,
  ],
]);

/**
 * Returns the parts of a manifest that violate a schema.
 *
 * @param text The manifest, JSON or YAML.
 * @param schema The schema.
 * @returns One line for each fault; none for a valid manifest.
 */
export function faultsOf(text: string, schema: Record<string, unknown>): string[] {
  // winget's schemas have formats of their own, such as "long", which do not matter here.
  const ajv = new Ajv({ strict: false, allErrors: true, logger: false });
  addFormats.default(ajv);
  const { $schema: _draft, $id: _id, ...body } = schema;
  const check = ajv.compile(body);
  if (check(parse(text))) return [];
  return (check.errors ?? []).map(({ instancePath, message }) =>
    `${instancePath === "" ? "/" : instancePath} ${message}`
  );
}

/** Gets a schema by its address. */
export type SchemaReader = (url: string) => Promise<Record<string, unknown>>;

/**
 * Fetches a schema.
 *
 * @param url Its address.
 * @returns The schema.
 * @throws {HostError} If it cannot be fetched.
 */
export async function fetchSchema(url: string): Promise<Record<string, unknown>> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(60_000) });
    if (response.ok) return await response.json();
    await response.body?.cancel();
    throw new Error(`the server says ${response.status}`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new HostError(`Cannot fetch ${url}: ${why}`, "check where there is a network");
  }
}

/**
 * Checks every manifest of a release.
 *
 * @param folder The folder that holds them.
 * @param read Gets a schema.
 * @returns One line for each fault.
 * @throws {HostError} If a schema cannot be fetched.
 */
export async function checkManifests(folder: string, read: SchemaReader): Promise<string[]> {
  const faults: string[] = [];
  for (const [name, url] of SCHEMAS) {
    const text = await Deno.readTextFile(`${folder}/${name}`);
    for (const fault of faultsOf(text, await read(url))) faults.push(`${name}: ${fault}`);
  }
  return faults;
}

if (import.meta.main) {
  try {
    const faults = await checkManifests(`${PROJECT}/${RELEASE_FOLDER}`, fetchSchema);
    for (const fault of faults) writeStderr(`${fault}\n`);
    if (faults.length > 0) Deno.exitCode = 1;
    else writeStderr(`${SCHEMAS.size} manifests match their published schemas\n`);
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    writeStderr(`${error.toLine()}\n`);
    Deno.exitCode = 1;
  }
}
