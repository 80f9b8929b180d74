/** The names that our constants have in the C headers. */

/** Constants by group and name, as `ffi/constants.ts` exports them. */
export type ConstantGroups = { readonly [group: string]: { readonly [name: string]: number } };

/** Groups whose C names do not begin with the group's own name. */
const PREFIXES: { readonly [group: string]: string } = {
  JOBOBJECTINFOCLASS: "",
  PROCESSINFOCLASS: "",
  JOB_OBJECT_ACCESS: "JOB_OBJECT_",
  STANDARD_RIGHTS: "",
  JOBOBJECT_RATE_CONTROL_TOLERANCE: "",
  JOBOBJECT_RATE_CONTROL_TOLERANCE_INTERVAL: "",
  PRIORITY_CLASS: "",
  CREATION_FLAGS: "",
  WAIT: "",
  FILE: "",
  HANDLE: "",
  ERROR_MODE: "",
  MEMORY: "",
  PROCESSOR_GROUPS: "",
  COMPUTER_NAME_FORMAT: "",
  TOKEN: "",
  TOKEN_INFORMATION_CLASS: "",
  TOKEN_TYPE: "",
  SECURITY: "",
  ACCESS: "",
  FILE_ENTRY: "",
  DESKTOP: "",
  PROCESS_ACCESS: "",
  THREAD: "",
  BIRTH: "",
  SOCKETS: "",
  PROCESS_MITIGATION_POLICY: "",
};

/** One constant under its C name. */
export interface NamedConstant {
  /** The name in the headers. */
  readonly name: string;
  /** Our value. */
  readonly value: number;
}

/** Lists every constant of `groups` under its C name. */
export function namedConstants(groups: ConstantGroups): NamedConstant[] {
  return Object.entries(groups).flatMap(([group, constants]) => {
    const prefix = PREFIXES[group] ?? `${group}_`;
    return Object.entries(constants).map(([name, value]) => ({ name: prefix + name, value }));
  });
}
