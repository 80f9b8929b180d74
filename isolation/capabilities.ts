/**
 * The identifiers of containers and of capabilities, by their names. Pure.
 *
 * @module
 */
import type { ContainerNetwork } from "./isolation.ts";
import { sha256 } from "./sha256.ts";

/** The capability of each word of `network`. */
export const NETWORK_CAPABILITIES: { readonly [N in ContainerNetwork]: string } = {
  internet: "internetClient",
  server: "internetClientServer",
  private: "privateNetworkClientServer",
};

/** Every word of `network`. */
export const NETWORKS = Object.keys(NETWORK_CAPABILITIES) as readonly ContainerNetwork[];

/** Capabilities whose identifiers are numbers and not hashes. */
const NUMBERED: { readonly [name: string]: number } = {
  internetclient: 1,
  internetclientserver: 2,
  privatenetworkclientserver: 3,
  pictureslibrary: 4,
  videoslibrary: 5,
  musiclibrary: 6,
  documentslibrary: 7,
  enterpriseauthentication: 8,
  sharedusercertificates: 9,
  removablestorage: 10,
  appointments: 11,
  contacts: 12,
};

/** Capabilities that make a container allow everything and only write down what it would refuse. */
const LEARNING: ReadonlySet<string> = new Set(["learningmode", "permissivelearningmode"]);

/** The words of a hash of a name's UTF-16. */
function hashWords(text: string): number[] {
  const units = Uint16Array.from(text, (unit) => unit.charCodeAt(0));
  const hash = new DataView(sha256(new Uint8Array(units.buffer)).buffer);
  return Array.from({ length: 8 }, (_, at) => hash.getUint32(4 * at, true));
}

/**
 * Finds what is wrong with the name of a capability.
 *
 * @param name The name.
 * @returns A sentence; `undefined` for a name that can be given.
 */
export function capabilityProblem(name: string): string | undefined {
  if (!/^[A-Za-z][A-Za-z0-9_.-]{0,63}$/.test(name)) {
    return "a capability is named as in registryRead";
  }
  const lower = name.toLowerCase();
  // A word of the tool's, which would be one more capability that nothing knows.
  if (lower === "none") return "none stands alone, and means no capability";
  if (LEARNING.has(lower)) return "it makes the container allow everything";
  const network = NETWORKS.find((word) => NETWORK_CAPABILITIES[word].toLowerCase() === lower);
  return network === undefined ? undefined : `it is asked for as network ${network}`;
}

/**
 * The identifier of a capability.
 *
 * @param name Its name, such as `"registryRead"`; case is ignored.
 * @returns Such as `"S-1-15-3-1"`.
 */
export function capabilitySid(name: string): string {
  const number = NUMBERED[name.toLowerCase()];
  if (number !== undefined) return `S-1-15-3-${number}`;
  return ["S-1-15-3-1024", ...hashWords(name.toUpperCase())].join("-");
}

/**
 * The identifier of the container of a name.
 *
 * @param name The name of its profile; case is ignored.
 * @returns Such as `"S-1-15-2-…"`, seven numbers.
 */
export function containerSid(name: string): string {
  return ["S-1-15-2", ...hashWords(name.toLowerCase()).slice(0, 7)].join("-");
}
