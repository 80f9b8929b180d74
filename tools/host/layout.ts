/**
 * The files that the Linux side of a Windows program sees: this machine's files at their own paths,
 * but with the programs and libraries (`/usr`, `/etc` and the links to them) of the root folder
 * that has Wine.
 *
 * Every path means the same inside and outside, so `Z:\work\x` is `/work/x` for all. bubblewrap and
 * chroot use the same list of mounts, so that they cannot differ.
 *
 * @module
 */

/** One thing at one path. */
export interface Mount {
  /** The kind of mount. */
  readonly kind: "bind" | "readonly" | "device" | "proc" | "tmpfs" | "symlink";
  /** The path inside. */
  readonly target: string;
  /** The path outside, or a symlink's text; absent for `proc` and `tmpfs`. */
  readonly source?: string;
}

/** One entry of the machine's root folder. */
export interface RootEntry {
  /** Its name. */
  readonly name: string;
  /** The target of the link, if it is one. */
  readonly link?: string;
}

const FROM_ROOTFS = new Set(["usr", "etc", "bin", "sbin", "lib", "lib32", "lib64", "libx32"]);
const MADE_ANEW = new Set(["dev", "proc", "run", "sys", "boot", "lost+found"]);

/**
 * Returns the mounts that add a root folder's programs to this machine's files.
 *
 * @param rootfs The root folder.
 * @param machine `entries` of the machine's own root folder (folders and links only), and which of
 * the `files` of /etc that name other machines exist.
 * @returns The mounts, each after those that it lies in.
 */
export function mountsOver(
  rootfs: string,
  machine: { readonly entries: readonly RootEntry[]; readonly files: readonly string[] },
): Mount[] {
  const mounts: Mount[] = [
    { kind: "readonly", source: `${rootfs}/usr`, target: "/usr" },
    { kind: "readonly", source: `${rootfs}/etc`, target: "/etc" },
    ...["bin", "sbin", "lib", "lib64"].map((name): Mount => ({
      kind: "symlink",
      source: `usr/${name}`,
      target: `/${name}`,
    })),
    { kind: "device", source: "/dev", target: "/dev" },
    { kind: "proc", target: "/proc" },
    { kind: "readonly", source: "/sys", target: "/sys" },
    { kind: "tmpfs", target: "/run" },
  ];
  for (const { name, link } of machine.entries) {
    if (FROM_ROOTFS.has(name) || MADE_ANEW.has(name)) continue;
    mounts.push(
      link === undefined
        ? { kind: "bind", source: `/${name}`, target: `/${name}` }
        : { kind: "symlink", source: link, target: `/${name}` },
    );
  }
  for (const file of machine.files) mounts.push({ kind: "readonly", source: file, target: file });
  return mounts;
}

/**
 * Returns the mounts for a machine whose own Wine is used: all its files unchanged, with a separate
 * process list.
 *
 * @returns The mounts.
 */
export function mountsOfMachine(): Mount[] {
  return [{ kind: "device", source: "/", target: "/" }, { kind: "proc", target: "/proc" }];
}

/**
 * The mounts as arguments of bubblewrap.
 *
 * @param mounts The mounts in order.
 * @returns Its options.
 */
export function bubblewrapMounts(mounts: readonly Mount[]): string[] {
  return mounts.flatMap(({ kind, source, target }) => {
    switch (kind) {
      case "bind":
        return ["--bind", source ?? "", target];
      case "readonly":
        return ["--ro-bind", source ?? "", target];
      case "device":
        return ["--dev-bind", source ?? "", target];
      case "symlink":
        return ["--symlink", source ?? "", target];
      case "proc":
        return ["--proc", target];
      case "tmpfs":
        return ["--tmpfs", target];
    }
  });
}

/**
 * The mounts as a shell script that ends by entering them and running "$@".
 *
 * @param mounts The mounts in order.
 * @param root An empty folder to put them in; the script must run in its own mount namespace.
 * @returns The script for `sh -c SCRIPT sh FOLDER PROGRAM ARGUMENT…`, FOLDER being the working folder.
 */
export function chrootScript(mounts: readonly Mount[], root: string): string {
  const lines = ["set -e", "mount --make-rprivate /", `mount -t tmpfs jobbox ${quote(root)}`];
  for (const { kind, source = "", target } of mounts) {
    const inside = quote(root + target);
    const from = quote(source);
    switch (kind) {
      case "symlink":
        lines.push(`ln -s ${from} ${inside}`);
        break;
      case "tmpfs":
        lines.push(`mkdir -p ${inside}`, `mount -t tmpfs jobbox ${inside}`);
        break;
      case "proc":
        lines.push(`mkdir -p ${inside}`, `mount -t proc proc ${inside}`);
        break;
      default:
        lines.push(
          `if [ -d ${from} ]; then mkdir -p ${inside}; else [ -e ${inside} ] || : >${inside}; fi`,
          `mount --rbind ${from} ${inside}`,
        );
        // Some container hosts refuse the remount; then the folder is only unprotected.
        if (kind === "readonly") {
          lines.push(`mount -o remount,bind,ro ${inside} 2>/dev/null || :`);
        }
    }
  }
  // No exec: this shell remains the first process of the namespace, for which signals are special.
  lines.push('folder="$1"', "shift", `chroot ${quote(root)} env -C "$folder" "$@" || exit "$?"`);
  return lines.join("\n");
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
