/**
 * The record of a run that was refused, because of a usage error or one that was not expected.
 *
 * @module
 */
import { type Engine, type EngineEnding, MachineFaultError } from "../engines/engine.ts";
import { engineOf } from "../engines/table.ts";
import { FAILURE_CODE } from "../exit_code.ts";
import { renderHtml } from "../report/html/page.ts";
import { Recorder } from "../report/recorder.ts";
import type { Io } from "../terminal/io.ts";
import { showJson } from "../text/display.ts";
import { VERSION } from "../version.ts";
import { fromCommandLine } from "../args/settings.ts";
import { type Labels, labelsOf } from "../args/labels.ts";
import { machineOf } from "./machine.ts";
import { engineWorld, tellEnding, tellFault } from "./engine.ts";
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
 * Writes the record of a run that ended with an error and not with its own record, to where `--report`
 * asks for it, so that a program that waits for a record gets one. Tells the engine that the run failed,
 * so that what an earlier run of the job has told is not taken for the end of this one. A file that
 * another option names is left alone, and one that cannot be written is skipped: the message on stderr
 * says what is wrong.
 *
 * @param tokens The arguments of `jobbox run`.
 * @param error What is wrong; a fault of the machine is told to the engine too.
 * @param io The files, the clock and the engine's programs.
 * @param options Whether files that exist are kept.
 */
export async function recordRefusal(
  tokens: readonly string[],
  error: Error,
  io: Io,
  { keepsFiles }: { readonly keepsFiles: boolean },
): Promise<void> {
  const { command: [executable = "", ...args], options: given } = readable(tokens);
  if (given.some(({ name }) => name === "explain")) return;
  const named = given.find(({ name }) => name === "engine")?.value;
  const engine = named === undefined ? undefined : engineOf(named);
  if (error instanceof MachineFaultError) {
    tellFault(engine?.errorFile(engineWorld(io)), error.message, io);
  }
  const options = [...given, ...engineRecord(engine, given, io)];
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
    error: error.message,
  });
  const onStdout = new Set<string>();
  for (const { name, value } of options) {
    const form = name === "report" ? reportFormOf(value) : undefined;
    if (form === undefined || taken.has(identityOf(value, io))) continue;
    const text = form === "html" ? renderHtml(record) : `${showJson(record, 2)}\n`;
    if (value === STANDARD_STREAM) onStdout.add(text);
    else if (!(keepsFiles && io.fileSize(value) !== undefined)) replace(value, text, io);
  }
  const wantsJson = options.some(({ name }) => name === "json");
  // A reader of stdout gets one record.
  const [text] = wantsJson ? [`${showJson(record)}\n`] : onStdout;
  if (text !== undefined) io.stdout.write(text);
  if (engine === undefined) return;
  const tell = (ending: EngineEnding) => engine.tell(engineWorld(io), ending);
  await tellEnding({ name: engine.name, tell }, { verdict: "failed" }, io);
}

/** The labels, if they can be read: the usage error may be one of theirs. */
function readableLabels(options: Readable["options"]): Labels | undefined {
  try {
    return labelsOf(fromCommandLine(options));
  } catch {
    return undefined;
  }
}

/** The record that an engine wants, unless the command line names another one. */
function engineRecord(
  engine: Engine | undefined,
  given: Readable["options"],
  io: Io,
): Readable["options"] {
  if (engine === undefined || given.some(({ name }) => name === "report")) return [];
  const value = engine.record(engineWorld(io));
  return value === undefined ? [] : [{ name: "report", value }];
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
    // A folder in its place is not moved aside for a run that did nothing.
    io.checkReplaceable(path);
    io.replaceFile(path, new TextEncoder().encode(text));
  } catch {
    // The usage error was reported; it often causes this one.
  }
}
