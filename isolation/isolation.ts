/**
 * The rights that a process can be started without. Types only.
 *
 * @module
 */
import type { SpawnOptions as ProcessOptions } from "../process/spawn_options.ts";

/**
 * A mitigation that Windows applies to one process.
 *
 * @example
 * ```ts
 * import type { Mitigation } from "@jobbox/jobobject";
 *
 * const safe: Mitigation[] = ["extension-points", "fonts", "no-remote-images"];
 * ```
 */
export type Mitigation =
  | "extension-points"
  | "fonts"
  | "no-remote-images"
  | "no-low-images"
  | "prefer-system32"
  | "strict-handles";

/**
 * What of the network a container may use: `"internet"` to connect to the internet, `"server"` to
 * accept connections from it too, `"private"` for both in the network at home or at work. This
 * machine's own ports are closed in any case.
 *
 * @example
 * ```ts
 * import type { ContainerNetwork } from "@jobbox/jobobject";
 *
 * const network: ContainerNetwork[] = ["internet"];
 * ```
 */
export type ContainerNetwork = "internet" | "server" | "private";

/**
 * What a process in a container (AppContainer of Windows) may still do. It may use no file of the
 * user and no network, except for what is named here.
 *
 * @example
 * ```ts
 * import type { Container } from "@jobbox/jobobject";
 *
 * const container: Container = { read: ["C:\\src"], write: ["C:\\out"], network: [] };
 * ```
 */
export interface Container {
  /** What it may use of the network; nothing if absent. */
  network?: readonly ContainerNetwork[];
  /**
   * Folders that it may read, with all that is in them. While it runs, each has an entry for the
   * container in its list of rights, which is taken out afterwards.
   */
  read?: readonly string[];
  /** Folders that it may write to as well. */
  write?: readonly string[];
  /**
   * Other capabilities, by their names in Windows; if absent, `registryRead`, without which few
   * programs start.
   */
  capabilities?: readonly string[];
  /**
   * `false`: an ordinary container, which may read what is open to all packages, such as most
   * programs. If absent or `true`, it may not (LPAC).
   */
  lessPrivileged?: boolean;
}

/**
 * The rights a process is started without. Each requested restriction is read back from the process
 * before its first instruction, and one that is not in force is an error: there is no second
 * attempt and no weaker form. None of them is a security boundary by itself.
 *
 * @example
 * ```ts
 * import { type Isolation, JobObject } from "@jobbox/jobobject";
 *
 * const isolation: Isolation = { admin: false, privileges: [], temp: "fresh" };
 * await using job = JobObject.create({ killOnClose: true });
 * const child = job.spawn("cmd", { args: ["/c", "echo %TEMP%"], isolation });
 * console.log((await child.status).code, child.isolation?.restrictions);
 * ```
 */
export interface Isolation {
  /**
   * `false`: the administrators group can only deny access, and an elevated integrity level becomes
   * medium.
   */
  admin?: false;
  /**
   * The only privileges that it keeps, by their names in Windows. `SeChangeNotifyPrivilege`, which
   * is needed to traverse folders, always stays.
   */
  privileges?: readonly string[];
  /**
   * The variables of this program that it gets, by names in which `*` matches any text, in addition
   * to the few that Windows needs and those of `env`. No other variable is inherited.
   */
  environment?: readonly string[];
  /**
   * `"fresh"`: a new folder for temporary files, which is deleted when the job's tree is gone.
   */
  temp?: "fresh";
  /**
   * Closes this program and the job against the process: it cannot end this program, take its rights,
   * or open the job by its name. It lasts as long as this program. Needs `admin: false`.
   */
  protect?: true;
  /** `"low"`: it may only write to objects with the low integrity level. */
  integrity?: "low";
  /** `"private"`: a private desktop, for as long as it runs. */
  desktop?: "private";
  /** Mitigations of the process itself; what it starts has those of the system. */
  mitigations?: readonly Mitigation[];
  /**
   * A container of its own, which is gone afterwards: no file of the user and no network, except for
   * what is named. Windows places its temporary files in the container.
   */
  container?: Container;
}

/** The key of a restriction. */
export type IsolationName = keyof Isolation;

/**
 * How to start a process in a job: like `Deno.Command`, optionally with fewer rights.
 *
 * @example
 * ```ts
 * import type { SpawnOptions } from "@jobbox/jobobject";
 *
 * const options: SpawnOptions = { args: ["build.js"], isolation: { temp: "fresh" } };
 * ```
 */
export interface SpawnOptions extends ProcessOptions {
  /**
   * The rights it is started without; if absent, it has the rights of this program. Cannot be
   * combined with `parentPid`. Also needs `--allow-ffi` for advapi32.dll and ntdll.dll.
   */
  isolation?: Isolation;
}
