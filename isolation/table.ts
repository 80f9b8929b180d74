/**
 * The restrictions: one row each, from which option, help, policy, schema, documentation and doctor
 * are made. Pure.
 *
 * @module
 */
import type { Container, Isolation, IsolationName, Mitigation } from "./isolation.ts";

/** Where the effect of a restriction was shown. */
export type IsolationProof = "Wine" | "Wine with jobsim" | "Windows only";

/** The form of a restriction's value on a command line. */
export type IsolationForm = "flag" | "list" | "patterns" | "low" | "container";

/** One restriction. */
export interface IsolationRow {
  /** Its key. */
  readonly name: IsolationName;
  /** The option, with its dashes. */
  readonly option: string;
  /** What the option's value is called; empty for a flag. */
  readonly valueName: string;
  /** How the value is written. */
  readonly form: IsolationForm;
  /** One phrase for the help. */
  readonly summary: string;
  /** The calls of Windows. */
  readonly win32: string;
  /** What it takes away. */
  readonly takesAway: string;
  /** What it does not take away. */
  readonly leaves: string;
  /** How a started process is asked, and what a trial tries. */
  readonly checkedBy: string;
  /** Where its effect was shown. */
  readonly shownBy: IsolationProof;
  /** The DLLs beside kernel32.dll that `--allow-ffi` must cover. */
  readonly needs: readonly string[];
}

/** Every restriction, in the order of the help. */
export const ISOLATION_ROWS: readonly IsolationRow[] = [
  {
    name: "admin",
    option: "--no-admin",
    valueName: "",
    form: "flag",
    summary: "the rights of administrators only deny, and an elevated command becomes a medium one",
    win32: "CreateRestrictedToken (SidsToDisable), SetTokenInformation TokenIntegrityLevel",
    takesAway: "what only administrators may do: their files, keys and services",
    leaves: "everything that the user may do; other programs of the user can be opened",
    checkedBy: "the process's groups and level; a trial writes two keys of the registry, one of " +
      "them closed to all but administrators",
    shownBy: "Wine",
    needs: ["advapi32", "ntdll"],
  },
  {
    name: "privileges",
    option: "--keep-privileges",
    valueName: "LIST",
    form: "list",
    summary: "the only privileges that it keeps: none, or names such as SeShutdownPrivilege; " +
      "SeChangeNotifyPrivilege always stays",
    win32: "CreateRestrictedToken (PrivilegesToDelete)",
    takesAway: "every other privilege, also for the processes that it starts",
    leaves: "what the user may do without a privilege",
    checkedBy: "the process's own list of privileges, which must be exactly the requested one",
    shownBy: "Wine",
    needs: ["advapi32", "ntdll"],
  },
  {
    name: "environment",
    option: "--keep-env",
    valueName: "PATTERN",
    form: "patterns",
    summary:
      "inherit only the variables of this name, in which * stands for any text, and the few " +
      "that Windows needs; may be repeated",
    win32: "CreateProcessAsUserW (lpEnvironment)",
    takesAway: "every other variable of jobbox, such as tokens and passwords",
    leaves: "the variables of other programs that it may open",
    checkedBy:
      "the names in the process's own environment, which must be exactly the requested ones",
    shownBy: "Wine",
    needs: ["advapi32", "ntdll"],
  },
  {
    name: "temp",
    option: "--fresh-temp",
    valueName: "",
    form: "flag",
    summary: "a folder of its own for temporary files (TEMP, TMP, TMPDIR), deleted when its tree " +
      "is gone",
    win32: "CreateDirectoryW, SetFileInformationByHandle FileDispositionInfo",
    takesAway: "nothing: it keeps temporary files of other programs out of the way",
    leaves: "every other folder; a program that knows the old one still finds it",
    checkedBy: "the three variables of the process; a trial writes a file there",
    shownBy: "Wine",
    needs: ["advapi32", "ntdll"],
  },
  {
    name: "protect",
    option: "--protect",
    valueName: "",
    form: "flag",
    summary:
      "close jobbox itself and the job against the command; needs --no-admin. Other programs " +
      "of the user cannot open them either",
    win32: "SetSecurityInfo on the process, its threads and the job, TokenDefaultDacl",
    takesAway:
      "ending jobbox or its threads, taking its token, making it a parent, opening the job " +
      "by its name",
    leaves: "other programs of the user, one of which can be made the parent of a child; threads " +
      "that a jobbox that is not an administrator starts later",
    checkedBy: "with the process's own token jobbox, its threads, the job and, if jobbox is an " +
      "administrator, a new thread are opened for each right: all must be denied, and the process " +
      "itself must open",
    shownBy: "Wine with jobsim",
    needs: ["advapi32", "ntdll"],
  },
  {
    name: "integrity",
    option: "--integrity",
    valueName: "low",
    form: "low",
    summary: "the integrity level low: it may write only to what is made for that level",
    win32: "SetTokenInformation TokenIntegrityLevel",
    takesAway:
      "writing the user's files and keys; opening the user's other programs, also as a parent",
    leaves: "reading everything that the user may read; the network",
    checkedBy:
      "the level in the process's token; a trial writes into two folders, one of them made " +
      "for the level",
    shownBy: "Windows only",
    needs: ["advapi32", "ntdll"],
  },
  {
    name: "desktop",
    option: "--private-desktop",
    valueName: "",
    form: "flag",
    summary: "a desktop of its own, which shows nothing",
    win32: "CreateDesktopW, STARTUPINFOW lpDesktop",
    takesAway: "messages to windows of other programs, and hooks in them",
    leaves: "the clipboard; without --integrity low it may go back to the user's desktop",
    checkedBy: "the rights of the desktop, and the desktop's name in the process",
    shownBy: "Windows only",
    needs: ["advapi32", "ntdll", "user32"],
  },
  {
    name: "mitigations",
    option: "--mitigate",
    valueName: "LIST",
    form: "list",
    summary:
      "mitigations of the command's own process: extension-points, fonts, no-remote-images, " +
      "no-low-images, prefer-system32, strict-handles",
    win32: "PROC_THREAD_ATTRIBUTE_MITIGATION_POLICY",
    takesAway: "ways to bring other code into the process",
    leaves: "the processes that it starts",
    checkedBy: "GetProcessMitigationPolicy, into memory with a value that no policy has",
    shownBy: "Windows only",
    needs: ["advapi32", "ntdll"],
  },
  {
    name: "container",
    option: "--container",
    valueName: "",
    form: "container",
    summary: "a container (AppContainer) of its own: no file of the user and no network, except " +
      "for what --read, --write, --network and --capabilities give",
    win32: "CreateAppContainerProfile, SetSecurityInfo on each folder, " +
      "PROC_THREAD_ATTRIBUTE_SECURITY_CAPABILITIES, " +
      "PROC_THREAD_ATTRIBUTE_ALL_APPLICATION_PACKAGES_POLICY",
    takesAway: "reading and writing the user's files and keys, the network, this machine's own " +
      "ports, opening other programs",
    leaves: "reading what is open to all containers, such as Windows itself; services of Windows " +
      "that containers may ask",
    checkedBy: "the container, its capabilities and its level in the process's token; a trial " +
      "reads and writes in two folders, one of them given to it, and connects to a port of jobbox",
    shownBy: "Windows only",
    needs: ["advapi32", "ntdll", "userenv", "ole32", "ws2_32"],
  },
];

/** A part of the restriction `container`. */
export interface ContainerPart {
  /** Its key. */
  readonly name: keyof Container;
  /** The option, with its dashes. */
  readonly option: string;
  /** What the option's value is called; empty for a flag. */
  readonly valueName: string;
  /** How the value is written: a flag, a list with commas, or a folder that may be repeated. */
  readonly form: "flag" | "list" | "folders";
  /** What a flag means. */
  readonly flagValue?: false | readonly [];
  /** One phrase for the help. */
  readonly summary: string;
}

/** Every part, in the order of the help. A key can have two options, of which one is given. */
export const CONTAINER_PARTS: readonly ContainerPart[] = [
  {
    name: "network",
    option: "--no-network",
    valueName: "",
    form: "flag",
    flagValue: [],
    summary: "the container has no network, which is the default; it needs a container",
  },
  {
    name: "network",
    option: "--network",
    valueName: "LIST",
    form: "list",
    summary: "what the container may use of the network: internet, server (also accepts " +
      "connections), private; never this machine's own ports",
  },
  {
    name: "read",
    option: "--read",
    valueName: "FOLDER",
    form: "folders",
    summary: "a folder that the container may read with all that is in it; may be repeated",
  },
  {
    name: "write",
    option: "--write",
    valueName: "FOLDER",
    form: "folders",
    summary: "a folder that the container may read and write; may be repeated",
  },
  {
    name: "capabilities",
    option: "--capabilities",
    valueName: "LIST",
    form: "list",
    summary: "other capabilities of the container, or none; registryRead if absent",
  },
  {
    name: "lessPrivileged",
    option: "--all-packages",
    valueName: "",
    form: "flag",
    flagValue: false,
    summary: "an ordinary container, which may also read what is open to all packages",
  },
];

/** The row of a restriction. */
export function isolationRow(name: IsolationName): IsolationRow {
  return ISOLATION_ROWS.find((row) => row.name === name)!;
}

/** Every mitigation. */
export const MITIGATIONS: readonly Mitigation[] = [
  "extension-points",
  "fonts",
  "no-remote-images",
  "no-low-images",
  "prefer-system32",
  "strict-handles",
];

/** The variables by which programs find the folder for temporary files. */
export const TEMP_VARIABLES = ["TEMP", "TMP", "TMPDIR"] as const;

/** The words of `--isolate`. */
export const ISOLATION_LEVELS = ["none", "user", "low", "container"] as const;

/** A word of `--isolate`. */
export type IsolationLevel = typeof ISOLATION_LEVELS[number];

const USER: Isolation = { admin: false, privileges: [], temp: "fresh", protect: true };

/** The meaning of each word of `--isolate`. */
export const ISOLATION_PRESETS: { readonly [L in IsolationLevel]: Isolation } = {
  none: {},
  user: USER,
  low: { ...USER, integrity: "low" },
  // Its temporary files are in the container, which is as fresh.
  container: { admin: false, privileges: [], protect: true, container: {} },
};
