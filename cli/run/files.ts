/**
 * The files of a run, compared as files and not as texts: an output must be neither an input nor
 * another output.
 *
 * @module
 */
import { defined } from "../../values/defined.ts";
import { shown } from "../../values/shown.ts";
import type { Io } from "../terminal/io.ts";
import { UsageError } from "../args/usage_error.ts";
import type { Setting, Settings } from "../args/settings.ts";
import { metricsFiles } from "./metrics.ts";

/** What a file is used for, as the end of "Cannot write it: --option …". */
const USES = {
  read: "reads it",
  run: "runs it",
  write: "writes it too",
  stream: "writes it too",
  fill: "writes it too",
  sum: "writes it too",
  lock: "writes it too",
  draft: "writes it too",
} as const;

/** A file that a run reads or writes. */
export interface UsedFile {
  /** Where it was named, such as `"--report"`. */
  readonly from: string;
  /** Its path. */
  readonly path: string;
  /** How it is used; streams that share a file append to it. */
  readonly use: keyof typeof USES;
}

/** The word for a standard stream of jobbox instead of a file. */
export const STANDARD_STREAM = "-";

/** The options that name a file, and how it is used. */
export const FILE_OPTIONS: readonly (readonly [option: string, use: UsedFile["use"]])[] = [
  ["report", "write"],
  ["events", "fill"],
  ["meta", "write"],
  ["stdout", "stream"],
  ["stderr", "stream"],
  ["stdin", "read"],
  ["env-file", "read"],
];

/**
 * Returns the files that options name.
 *
 * @param settings The options in force.
 * @param own Those of the command line, which alone can name a policy.
 * @returns The files, those written first.
 */
export function filesOf(settings: Settings, own: Settings): UsedFile[] {
  const named = (given: readonly Setting[], use: UsedFile["use"]): UsedFile[] =>
    given.map(({ value: path, from }) => ({ from, path, use }));
  const metrics = settings.find("metrics");
  return [
    ...metrics === undefined
      ? []
      : metricsFiles(metrics.value).map((file): UsedFile => ({ from: metrics.from, ...file })),
    ...FILE_OPTIONS.flatMap(([option, use]) =>
      named(settings.all(option).filter(({ value }) => value !== STANDARD_STREAM), use)
    ),
    ...named(own.all("policy"), "read"),
  ];
}

/**
 * Returns the files of the command's standard streams.
 *
 * @param settings The options in force.
 * @returns The paths; no key for a stream of jobbox itself.
 */
export function streamFiles(
  settings: Settings,
): { readonly stdin?: string; readonly stdout?: string; readonly stderr?: string } {
  const file = (name: string): string | undefined => {
    const path = settings.text(name);
    return path === STANDARD_STREAM ? undefined : path;
  };
  return defined({ stdin: file("stdin"), stdout: file("stdout"), stderr: file("stderr") });
}

/**
 * Returns whether stdout and stderr go to one file.
 *
 * @param files The files of a run.
 * @param io Returns which file a path names.
 * @returns Whether they do.
 */
export function sharesStreams(
  files: readonly UsedFile[],
  io: Pick<Io, "fileIdentity">,
): boolean {
  const [first, second] = files.filter(({ use }) => use === "stream")
    .map(({ path }) => io.fileIdentity(path));
  return first !== undefined && first === second;
}

/**
 * Returns the form of a report by its name.
 *
 * @param path The name of the file; the standard stream means JSON.
 * @returns The form; `undefined` for another name.
 */
export function reportFormOf(path: string): "json" | "html" | undefined {
  if (path === STANDARD_STREAM || /\.json$/i.test(path)) return "json";
  return /\.html?$/i.test(path) ? "html" : undefined;
}

/** The options whose data may go to stdout. */
const ON_STDOUT: readonly string[] = ["report", "events", "meta"];

/**
 * Refuses two kinds of data in one standard output, and data that cannot go there.
 *
 * @param settings The options as given.
 * @param also The option `--json`, which a policy cannot hold.
 * @throws {UsageError} If two would write to stdout, events would be mixed with the output of the
 * command, or the folder of the metrics is `-`.
 */
export function checkStandardStream(
  settings: Settings,
  also: { readonly json: Setting | undefined },
): void {
  const onStdout = settings.all(...ON_STDOUT).filter(({ value }) => value === STANDARD_STREAM);
  const [first, second] = [...also.json === undefined ? [] : [also.json], ...onStdout];
  if (first !== undefined && second !== undefined) {
    throw new UsageError(`${second.from}: Cannot write to stdout: ${first.from} writes there too`);
  }
  const metrics = settings.find("metrics");
  if (metrics?.value === STANDARD_STREAM) {
    throw new UsageError(
      `${metrics.from}: Cannot write to stdout: the metrics are sums that stay in a folder; ` +
        "name it, or .\\- for one with this name",
    );
  }
  const events = onStdout.find(({ name }) => name === "events");
  const stdout = settings.text("stdout");
  if (events !== undefined && (stdout === undefined || stdout === STANDARD_STREAM)) {
    throw new UsageError(
      `${events.from}: Cannot write to stdout: the command writes there too; add --stdout FILE`,
    );
  }
}

/**
 * Refuses options of the command's streams that exclude each other.
 *
 * @param settings The options as given.
 * @throws {UsageError} If stderr has two destinations, or there is nothing to append to.
 */
export function checkStreams(settings: Settings): void {
  const joined = settings.find("stderr-to-stdout");
  const file = settings.find("stderr");
  if (joined !== undefined && file !== undefined) {
    throw new UsageError(`${joined.from} and ${file.from} exclude each other`);
  }
  const append = settings.find("append");
  const named = settings.all("stdout", "stderr").some(({ value }) => value !== STANDARD_STREAM);
  if (append !== undefined && !named) {
    throw new UsageError(
      `${append.from} needs a file: add --stdout FILE or --stderr FILE`,
    );
  }
}

/**
 * Refuses a run that would write over one of its own files.
 *
 * @param files The files; an error names the earlier one as the obstacle.
 * @param io Returns which file a path names.
 * @throws {UsageError} If a file is read and written, or written twice; only stdout and stderr may
 * share theirs.
 */
export function checkFiles(files: readonly UsedFile[], io: Pick<Io, "fileIdentity">): void {
  const seen: { readonly file: UsedFile; readonly identity: string }[] = [];
  for (const file of files) {
    const identity = io.fileIdentity(file.path);
    // Several may write to a device at once.
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
