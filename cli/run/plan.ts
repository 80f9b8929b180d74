/**
 * The plan of a run: the value made from the arguments and the policy of `jobbox run`.
 *
 * @module
 */
import { defined } from "../../values/defined.ts";
import { shown } from "../../values/shown.ts";
import { parseSize } from "../../values/quantity.ts";
import type { Io } from "../terminal/io.ts";
import { contradictionOf } from "../../isolation/read_isolation.ts";
import { ISOLATION_OPTIONS, readIsolationOptions, wordsOf } from "../args/isolation_options.ts";
import { type Labels, labelsOf } from "../args/labels.ts";
import { liftableOptions, LIMIT_OPTIONS, NOTIFICATION_OPTIONS } from "../args/limit_options.ts";
import { parsePolicy, type Policy } from "../args/policy.ts";
import { readText } from "../args/text_file.ts";
import { environmentOf, parseVariables, withoutVariables } from "../args/variables.ts";
import {
  checkFiles,
  checkStandardStream,
  checkStreams,
  filesOf,
  reportFormOf,
  sharesStreams,
  STANDARD_STREAM,
  streamFiles,
  type UsedFile,
} from "./files.ts";
import { commandEnvironment } from "./command_environment.ts";
import { type Reaction, REACTIONS, RUN_ONLY, RUN_SETTINGS } from "./options.ts";
import { UsageError } from "../args/usage_error.ts";
import { checkWatchedRates, withCpuNotice } from "../args/watched_rates.ts";
import { parseDuration } from "../../values/duration.ts";
import { mergeSettings } from "../args/merge_settings.ts";
import type { OptionSpec, SettingSpec } from "../args/option.ts";
import {
  fromCommandLine,
  type ParsedArgs,
  readLimits,
  readNotificationLimits,
  type Setting,
  Settings,
} from "../args/settings.ts";
import type { Isolation, Limits, NotificationLimits, SpawnOptions, StdioFile } from "../../mod.ts";
import type { EngineFacts } from "../engines/engine.ts";
import { engineFacts } from "./engine.ts";
import { rawTail } from "../windows.ts";

/** Every option of a policy file. The job of a run always ends with jobbox. */
export const POLICY_SETTINGS: readonly SettingSpec[] = [
  ...RUN_SETTINGS,
  ...ISOLATION_OPTIONS,
  ...liftableOptions([
    ...LIMIT_OPTIONS.filter(({ name }) => name !== "kill-on-close"),
    ...NOTIFICATION_OPTIONS,
  ]),
];

/** Every option of `jobbox run`. */
export const RUN_OPTIONS: readonly OptionSpec[] = [...RUN_ONLY, ...POLICY_SETTINGS];

/** The plan of a run. */
export interface RunPlan {
  /** The program. */
  readonly command: string;
  /** Its arguments. */
  readonly args: readonly string[];
  /** The arguments as one text, as they were typed; absent if that is not known. */
  readonly rawArguments?: string;
  /** The folder to run in; absent for the current one. */
  readonly cwd?: string;
  /** Variables to set, or with `null` to remove. */
  readonly env: Readonly<Record<string, string | null>>;
  /** Whether to start from the few variables that Windows needs. */
  readonly clearEnv: boolean;
  /** The job's name. */
  readonly name?: string;
  /** Files for the standard streams. */
  readonly stdio: { readonly stdin?: string; readonly stdout?: string; readonly stderr?: string };
  /** Whether stderr goes to the same place as stdout. */
  readonly stderrToStdout: boolean;
  /** Whether the files of stdout and stderr keep their content. */
  readonly append: boolean;
  /** The most bytes of stdout and stderr together. */
  readonly maxOutput?: number;
  /** Milliseconds of wall time. */
  readonly timeout?: number;
  /** Whether time in which the tree cannot run counts as wall time too. */
  readonly countFrozen: boolean;
  /** Milliseconds between asking and terminating. */
  readonly grace: number;
  /** Whether the whole tree is waited for. */
  readonly waitTree: boolean;
  /** What happens when a limit is reached. */
  readonly onLimit: Reaction;
  /** What happens when a soft limit is reached. */
  readonly onNotify: Reaction;
  /** The limits. */
  readonly limits: Limits;
  /** The soft limits. */
  readonly notificationLimits: NotificationLimits;
  /** What the command is started without; absent for nothing. */
  readonly isolation?: Isolation;
  /** The engine whose job this is; absent for none. */
  readonly engine?: EngineFacts;
  /** Files for the record, by their form; the run goes on without one that is optional. */
  readonly reports: readonly {
    readonly path: string;
    readonly form: "json" | "html";
    readonly optional?: true;
  }[];
  /** File for events. */
  readonly events?: string;
  /** File for key:value lines. */
  readonly meta?: string;
  /** Folder of the metrics to which the run is added. */
  readonly metrics?: string;
  /** No status line and no summary. */
  readonly quiet: boolean;
  /** Whether Ctrl-C works as without jobbox: the command is in jobbox's process group. */
  readonly foreground: boolean;
  /** Whether Windows may show error boxes for errors that a program does not handle. */
  readonly errorDialogs: boolean;
  /** The record on stdout. */
  readonly json: boolean;
  /** Only explain what would be done. */
  readonly explain: boolean;
  /** Words of the caller that the record carries; absent for none. */
  readonly labels?: Labels;
  /** The files that the options name. */
  readonly files: readonly UsedFile[];
  /** Whether stdout and stderr go to one file. */
  readonly sharesOutput: boolean;
  /** The options in force, as text: command line over policy. */
  readonly settings: readonly Setting[];
}

/** Time between CTRL_BREAK and termination, in milliseconds. */
const DEFAULT_GRACE = 2000;

/** Reads a file that the tool itself needs; its stdin is the command's. */
function readInput(path: string, from: string, io: Io): string {
  if (path !== STANDARD_STREAM) return readText(path, { from, io });
  throw new UsageError(
    `${from}: Cannot read stdin: the command reads it; name a file, or .\\- for one with this name`,
  );
}

function loadPolicy(path: string | undefined, io: Io): Policy {
  if (path === undefined) return { settings: [] };
  const text = readInput(path, "--policy", io);
  return parsePolicy(text, { path, specs: POLICY_SETTINGS });
}

/** The variables of the file that the settings name, if they name one. */
function fileVariables(settings: Settings, io: Io): Setting[] {
  const file = settings.find("env-file");
  if (file === undefined) return [];
  return parseVariables(readInput(file.value, file.from, io), file.value);
}

function reportForm(setting: Setting, engine: EngineFacts | undefined): RunPlan["reports"][number] {
  const path = setting.value;
  const form = reportFormOf(path);
  const isOfEngine = engine?.settings.includes(setting) === true;
  if (form !== undefined) return { path, form, ...isOfEngine ? { optional: true } : {} };
  throw new UsageError(
    `${setting.from}: Unknown report format ${
      shown(path)
    }: the file name must end in .json or .html`,
  );
}

/** What the command is started without. */
function readIsolation(
  settings: Settings,
  { env, limits }: Pick<RunPlan, "env" | "limits">,
): Isolation | undefined {
  const isolation = readIsolationOptions(settings);
  if (isolation === undefined) return isolation;
  const problem = contradictionOf(isolation, env, wordsOf(settings));
  if (problem !== undefined) throw new UsageError(`Cannot isolate the command: ${problem}`);
  const leaving = (["breakaway", "silentBreakaway"] as const).find((name) => limits[name] === true);
  if (leaving === undefined) return isolation;
  throw new UsageError(
    `Cannot isolate the command with --${
      leaving === "breakaway" ? leaving : "silent-breakaway"
    }: ` +
      "processes that leave the job are not ended with it, and nothing is tidied up after them",
  );
}

/**
 * Makes a plan from the arguments of a run.
 *
 * @param args The arguments.
 * @param io Reads the policy and the file of variables.
 * @returns The plan.
 * @throws {UsageError} If anything cannot be understood; the message names the option or key.
 * @throws {MachineFaultError} If what the engine provides on this machine is missing or broken.
 */
export function readRunPlan(args: ParsedArgs, io: Io): RunPlan {
  const own = new Settings(fromCommandLine(args.options));
  const policy = loadPolicy(own.text("policy"), io);
  const onlyHere = new Set(RUN_ONLY.map(({ name }) => name));
  const given = fromCommandLine(args.options.filter(({ name }) => !onlyHere.has(name)));
  const engine = engineFacts(own.find("engine"), io);
  // The engine is the weakest source of an option.
  const specs = POLICY_SETTINGS;
  const weak = engine === undefined
    ? policy.settings
    : mergeSettings(engine.settings, policy.settings, { specs });
  const merged = mergeSettings(weak, given, { specs });
  const lines = fileVariables(new Settings(merged), io);
  // A file that the command line names wins over the policy; one of the policy is the weakest source.
  const isStronger = given.some(({ name }) => name === "env-file");
  const all = isStronger ? withoutVariables(merged, { of: lines, from: weak }) : merged;
  const settings = new Settings(all);

  const [command, ...rest] = args.positionals.length > 0 ? args.positionals : policy.command ?? [];
  if (command === undefined) {
    throw new UsageError(
      "No command given: put it after the options, as in jobbox run … -- COMMAND",
    );
  }
  if (command.trim() === "") {
    throw new UsageError(
      `Cannot run ${
        shown(command)
      }: the name of the command is empty; perhaps a variable is not set`,
    );
  }
  const raw = args.positionals.length === 0
    ? undefined
    : rawTail(io.commandLine() ?? "", args.positionals);
  const files = filesOf(settings, own);
  checkFiles(files, io);
  checkStandardStream(settings, { json: own.find("json") });
  checkStreams(settings);
  // Counted only when a limit is a share of them.
  const machine = {
    get processors(): number {
      return io.processors();
    },
  };
  const limits = readLimits(settings, machine);
  const notificationLimits = readNotificationLimits(settings, machine);
  const watchesRates = Object.keys(notificationLimits).length > 0;
  if (watchesRates) {
    checkWatchedRates(notificationLimits, limits, { from: (name) => settings.find(name)?.from });
  }
  const env = environmentOf([...lines, ...all]);
  return defined({
    command,
    args: rest,
    rawArguments: raw,
    cwd: settings.text("cwd"),
    env,
    clearEnv: settings.has("clear-env"),
    name: settings.text("name"),
    stdio: streamFiles(settings),
    stderrToStdout: settings.has("stderr-to-stdout"),
    append: settings.has("append"),
    maxOutput: settings.read("max-output", parseSize),
    timeout: settings.read("timeout", parseDuration),
    countFrozen: settings.has("count-frozen"),
    grace: settings.read("grace", parseDuration) ?? DEFAULT_GRACE,
    waitTree: !settings.has("no-wait-tree"),
    onLimit: settings.choice("on-limit", REACTIONS, "report"),
    onNotify: settings.choice("on-notify", REACTIONS, "report"),
    limits: watchesRates ? withCpuNotice(limits, notificationLimits) : limits,
    notificationLimits,
    isolation: readIsolation(settings, { env, limits }),
    engine,
    reports: settings.all("report").map((setting) => reportForm(setting, engine)),
    events: settings.text("events"),
    meta: settings.text("meta"),
    metrics: settings.text("metrics"),
    quiet: settings.has("quiet"),
    foreground: settings.has("foreground"),
    errorDialogs: settings.has("error-dialogs"),
    json: own.has("json"),
    explain: own.has("explain"),
    labels: labelsOf(all),
    files,
    sharesOutput: sharesStreams(files, io),
    settings: all,
  });
}

/**
 * The options with which a run starts its command.
 *
 * @param plan The run.
 * @param how Which output goes through jobbox, and the program's file where it is known.
 * @returns Options of `JobObject.spawn`.
 */
export function spawnOptions(
  plan: RunPlan,
  { piped, executable }: {
    readonly piped: readonly ("stdout" | "stderr")[];
    readonly executable?: string;
  },
): SpawnOptions {
  const { append, stderrToStdout, stdio: { stdin, stdout, stderr } } = plan;
  const env = commandEnvironment(plan.env, plan.clearEnv);
  const output = (name: "stdout" | "stderr", path?: string): "piped" | "inherit" | StdioFile => {
    if (piped.includes(name)) return "piped";
    if (path === undefined) return "inherit";
    return append ? { path, append } : { path };
  };
  return {
    args: plan.args,
    stdin: stdin === undefined ? "inherit" : { path: stdin },
    stdout: output("stdout", stdout),
    stderr: stderrToStdout ? "stdout" : output("stderr", stderr),
    // Then Ctrl-C reaches only jobbox, which ends the tree in order.
    newProcessGroup: !plan.foreground,
    ...defined({
      rawArguments: plan.rawArguments,
      executable,
      cwd: plan.cwd,
      env: Object.keys(env).length === 0 ? undefined : env,
      clearEnv: plan.clearEnv || undefined,
    }),
  };
}
