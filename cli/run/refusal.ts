/**
 * The record of a run that was refused before it began, because of a usage error.
 *
 * @module
 */
import { FAILURE_CODE } from "../exit_code.ts";
import { renderHtml } from "../report/html/page.ts";
import { Recorder } from "../report/recorder.ts";
import type { Io } from "../terminal/io.ts";
import { showJson } from "../text/display.ts";
import { VERSION } from "../version.ts";
import { fromCommandLine } from "../args/settings.ts";
import { type Labels, labelsOf } from "../args/labels.ts";
import { machineOf } from "./machine.ts";
import { FILE_OPTIONS, reportFormOf, STANDARD_STREAM } from "./files.ts";
import { RUN_OPTIONS } from "./plan.ts";
import type { OptionSpec } from "../args/option.ts";

/** The options of a command line and its command, as far as they can be separated. */
interface Readable {
  readonly options: readonly { readonly name: string; readonly value: string }[];
  readonly command: readonly string[];
}

const BY_NAME: ReadonlyMap<string, OptionSpec> = new Map(
  RUN_OPTIONS.flatMap((spec) =>
    [spec.name, ...spec.aliases ?? []].map((name) => [name, spec] as const)
  ),
);

/** Reads as much as possible of refused arguments. */
function readable(tokens: readonly string[]): Readable {
  const options: { name: string; value: string }[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]!;
    if (token === "--") return { options, command: tokens.slice(at + 1) };
    if (!token.startsWith("-")) return { options, command: tokens.slice(at) };
    const [, name = "", value] = /^--([^=]*)(?:=(.*))?$/s.exec(token) ?? [];
    const spec = BY_NAME.get(name);
    const given = value ?? (spec?.value !== undefined ? tokens[++at] : "");
    if (given !== undefined) options.push({ name: spec?.name ?? name, value: given });
  }
  return { options, command: [] };
}

/**
 * Writes the record of a run with a usage error to where `--report` asks for it, so that
 * whoever waits for a record gets one. A file that another option names is left alone, and one that
 * cannot be written is skipped: the message on stderr has said what is wrong.
 *
 * @param tokens The arguments of `jobbox run`.
 * @param message What is wrong.
 * @param io The files and the clock.
 */
export function recordRefusal(tokens: readonly string[], message: string, io: Io): void {
  const { command: [executable = "", ...args], options } = readable(tokens);
  if (options.some(({ name }) => name === "explain")) return;
  const others = new Set(["policy", ...FILE_OPTIONS.map(([option]) => option)]);
  others.delete("report");
  const taken = new Set(
    options.filter(({ name }) => others.has(name)).map(({ value }) => identityOf(value, io)),
  );
  const startedAt = new Date(io.now());
  const recorder = new Recorder({
    toolVersion: VERSION,
    machine: machineOf(io),
    labels: readableLabels(options),
    command: { executable, args, cwd: io.cwd() },
    job: { limits: {}, notificationLimits: {} },
    startedAt,
  });
  const record = recorder.finish({
    verdict: "failed",
    exitCode: FAILURE_CODE,
    endedAt: startedAt,
    wall: 0,
    error: message,
  });
  const onStdout = new Set<string>();
  for (const { name, value } of options) {
    const form = name === "report" ? reportFormOf(value) : undefined;
    if (form === undefined || taken.has(identityOf(value, io))) continue;
    const text = form === "html" ? renderHtml(record) : `${showJson(record, 2)}\n`;
    if (value === STANDARD_STREAM) onStdout.add(text);
    else replace(value, text, io);
  }
  const wantsJson = options.some(({ name }) => name === "json");
  // A reader of stdout gets one record.
  const [text] = wantsJson ? [`${showJson(record)}\n`] : onStdout;
  if (text !== undefined) io.stdout.write(text);
}

/** The labels, if they can be read: the usage error may be one of theirs. */
function readableLabels(options: Readable["options"]): Labels | undefined {
  try {
    return labelsOf(fromCommandLine(options));
  } catch {
    return undefined;
  }
}

function identityOf(path: string, io: Io): string | undefined {
  try {
    return io.fileIdentity(path);
  } catch {
    return path;
  }
}

function replace(path: string, text: string, io: Io): void {
  try {
    io.replaceFile(path, new TextEncoder().encode(text));
  } catch {
    // The usage error was reported; it often causes this one.
  }
}
