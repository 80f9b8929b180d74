/**
 * The files of a run, compared as files and not as texts: what is written must be neither an input
 * nor another output.
 *
 * @module
 */
import { shown } from "../../process/start/shown.ts";
import type { Io } from "../terminal/io.ts";
import { UsageError } from "../args/usage_error.ts";

/** What a file is used for, as the end of "Cannot write it: --option …". */
const USES = {
  read: "reads it",
  run: "runs it",
  write: "writes it too",
  stream: "writes it too",
} as const;

/** A file that a run reads or writes. */
export interface UsedFile {
  /** Where it was named, such as `"--report"`. */
  readonly from: string;
  /** Its path. */
  readonly path: string;
  /** What is done with it; streams append to what they share. */
  readonly use: keyof typeof USES;
}

/**
 * Refuses a run that would write over one of its own files.
 *
 * @param files The files, those first that are to be named as the ones in the way.
 * @param io Tells which file a path names.
 * @throws {UsageError} If a file is read and written, or written twice; only stdout and stderr may
 * share theirs.
 */
export function checkFiles(files: readonly UsedFile[], io: Pick<Io, "fileIdentity">): void {
  const seen: { readonly file: UsedFile; readonly identity: string }[] = [];
  for (const file of files) {
    const identity = io.fileIdentity(file.path);
    // Many may write to a device at once.
    if (identity === undefined) continue;
    const other = seen.find((earlier) =>
      earlier.identity === identity && !mayShare(earlier.file, file)
    )?.file;
    if (other === undefined) {
      seen.push({ file, identity });
      continue;
    }
    const [written, kept] = isInput(file) ? [other, file] : [file, other];
    throw new UsageError(
      `${written.from}: Cannot write ${shown(written.path)}: ${kept.from} ${USES[kept.use]}`,
    );
  }
}

function isInput({ use }: UsedFile): boolean {
  return use === "read" || use === "run";
}

function mayShare(a: UsedFile, b: UsedFile): boolean {
  return isInput(a) && isInput(b) || a.use === "stream" && b.use === "stream";
}

/**
 * Says why a command cannot run in a folder.
 *
 * @param path The folder as it was given.
 * @param io Looks at it.
 * @returns What is wrong; `undefined` for a folder.
 */
export function folderProblem(
  path: string,
  io: Pick<Io, "isFolder" | "fileSize">,
): string | undefined {
  if (io.isFolder(path)) return undefined;
  const reason = io.fileSize(path) === undefined
    ? "there is no such folder"
    : "it is a file, no folder";
  return `Cannot run in ${shown(path)}: ${reason}`;
}
