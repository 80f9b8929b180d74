/**
 * `jobbox completions`: a shell's completions, made of the commands' tables.
 *
 * @module
 */
import { shown } from "../../values/shown.ts";
import type { OptionSpec } from "../args/args.ts";
import { type Command, type CommandSpec, HELP_OPTION } from "../args/command.ts";
import { UsageError } from "../args/usage_error.ts";

const SHELLS = ["powershell", "bash"] as const;

/** A shell that completions are written for. */
export type Shell = (typeof SHELLS)[number];

/** What completions are made of: the words after each command. */
interface Words {
  readonly command: string;
  readonly options: readonly string[];
  /** Options that take a value, and its words where they are known. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  /** Options whose value is a file. */
  readonly files: readonly string[];
  /** What its first positional can be, where that is known. */
  readonly positionals: readonly string[];
  /** Whether the first positional begins another program's command line. */
  readonly runs: boolean;
}

function isFile({ value }: OptionSpec): boolean {
  return value === "FILE" || value === "FOLDER";
}

/** An option in every spelling. */
function spellings({ name, short }: OptionSpec): string[] {
  return [`--${name}`, ...short === undefined ? [] : [`-${short}`]];
}

function wordsOf(specs: readonly CommandSpec[]): Words[] {
  return specs.map(({ name, options, stopEarly, words }) => ({
    command: name,
    options: [...options, HELP_OPTION].map((option) => `--${option.name}`).sort(),
    values: new Map(
      options.filter(({ value }) => value !== undefined).flatMap((option) =>
        spellings(option).map((spelling) => [spelling, option.words ?? []] as const)
      ),
    ),
    files: options.filter(isFile).flatMap(spellings).sort(),
    positionals: words ?? [],
    runs: stopEarly === true,
  }));
}

/** Options by the words of their value: those that share them need one line. */
function valueCases(words: readonly Words[]): [options: string[], words: readonly string[]][] {
  const all = new Map(words.flatMap(({ values }) => [...values]));
  const known = [...all].filter(([, each]) => each.length > 0);
  const groups = Map.groupBy(known, ([, each]) => each.join(" "));
  return [...groups.values()].map((
    group,
  ) => [group.map(([option]) => option).sort(), group[0]![1]]);
}

function filed(words: readonly Words[]): string[] {
  return [...new Set(words.flatMap(({ files }) => files))].sort();
}

function bash(words: readonly Words[]): string {
  // What takes a value differs: a switch of run takes a word with limits.
  const cases = words.map(({ command, options, positionals, runs, values }) =>
    `    ${command}) options="${options.join(" ")}" positionals="${
      positionals.join(" ")
    }" valued=" ${[...values.keys()].join(" ")} " runs=${runs ? "yes" : ""} ;;`
  );
  const values = valueCases(words).map(([options, each]) =>
    `      ${options.join("|")}) _jobbox_words "${each.join(" ")}" ;;`
  );
  return `# Completions of jobbox for bash: eval "$(jobbox completions bash)"
_jobbox_words() {
  # The last of a list of values: what stands before its comma stays.
  local list=
  [[ $word == *,* ]] && list=\${word%,*},
  mapfile -t COMPREPLY < <(compgen -P "$list" -W "$1" -- "\${word##*,}")
}
_jobbox_files() {
  # One a line: a name may hold blanks, which -o filenames quotes.
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(compgen -f -- "$word")
}
_jobbox() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} options= positionals= valued= runs= at
  COMPREPLY=()
  # Bash takes --option=value for three words.
  [[ $word == = ]] && word=
  [[ $before == = ]] && before=\${COMP_WORDS[COMP_CWORD-2]}
  if ((COMP_CWORD == 1)); then
    _jobbox_words "${
    [...words.map(({ command }) => command), "--help", "--version", "--json"].join(" ")
  }"
    return
  fi
  case \${COMP_WORDS[1]} in
${cases.join("\n")}
  esac
  # After -- or the first word that is no option stands another program's command line.
  for ((at = 2; at < COMP_CWORD; at++)); do
    if [[ \${COMP_WORDS[at]} == -- ]]; then
      _jobbox_files
      return
    elif [[ $valued == *" \${COMP_WORDS[at]} "* ]]; then
      [[ \${COMP_WORDS[at+1]} == = ]] && at=$((at + 1))
      at=$((at + 1))
    elif [[ -n $runs && \${COMP_WORDS[at]} != -* ]]; then
      _jobbox_files
      return
    fi
  done
  if [[ $valued == *" $before "* ]]; then
    case $before in
${values.join("\n")}
      ${filed(words).join("|")}) _jobbox_files ;;
    esac
    return
  fi
  if [[ $word == -* ]]; then
    _jobbox_words "$options"
  elif [[ -n $positionals ]]; then
    _jobbox_words "$positionals"
  else
    _jobbox_files
  fi
}
complete -F _jobbox jobbox jobbox.exe
`;
}

function quoted(words: readonly string[]): string {
  return words.map((word) => `'${word.replaceAll("'", "''")}'`).join(", ");
}

function powershell(words: readonly Words[]): string {
  const table = words.map(({ command, options }) => `    '${command}' = @(${quoted(options)})`);
  const positionals = words.filter((each) => each.positionals.length > 0)
    .map((each) => `    '${each.command}' = @(${quoted(each.positionals)})`);
  const values = valueCases(words).flatMap(([options, each]) =>
    options.map((option) => `    '${option}' = @(${quoted(each)})`)
  );
  const valued = words.map((each) =>
    `    '${each.command}' = @(${quoted([...each.values.keys()])})`
  );
  const running = words.filter(({ runs }) => runs).map(({ command }) => command);
  return `# Completions of jobbox for PowerShell: jobbox completions powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName jobbox, jobbox.exe -ScriptBlock {
  param($word, $ast, $position)
  $options = @{
${table.join("\n")}
  }
  $positionals = @{
${positionals.join("\n")}
  }
  $values = @{
${values.join("\n")}
  }
  # What takes a value differs: a switch of run takes a word with limits.
  $valued = @{
${valued.join("\n")}
  }
  $given = @($ast.CommandElements | Where-Object { $_.Extent.EndOffset -lt $position } |
    ForEach-Object { $_.ToString() })
  if ($given.Count -gt 1 -and @(${quoted(running)}) -contains $given[1]) {
    # After -- or the first word that is no option stands another program's command line.
    for ($at = 2; $at -lt $given.Count; $at++) {
      if ($given[$at] -eq '--' -or $given[$at] -notlike '-*') { return }
      if ($valued[$given[1]] -contains $given[$at]) { $at++ }
    }
  }
  $last = if ($given.Count -gt 0) { $given[-1] } else { '' }
  $takes = $given.Count -gt 2 -and $valued[$given[1]] -contains $last
  if ($takes -and -not $values.ContainsKey($last)) { return }
  $words = if ($takes) { $values[$last] }
  elseif ($given.Count -lt 2) {
    @(${quoted([...words.map(({ command }) => command), "--help", "--version", "--json"])})
  } elseif ($positionals.ContainsKey($given[1]) -and $word -notlike '-*') { $positionals[$given[1]] }
  else { $options[$given[1]] }
  $words | Where-Object { $_ -like "$word*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
  }
}
`;
}

/**
 * Writes a shell's completions.
 *
 * @param shell The shell.
 * @param specs The tool's commands.
 * @returns A script for the shell.
 */
export function renderCompletions(shell: Shell, specs: readonly CommandSpec[]): string {
  return shell === "bash" ? bash(wordsOf(specs)) : powershell(wordsOf(specs));
}

/**
 * Makes `jobbox completions`.
 *
 * @param specs Answers the tool's commands; asked when they are needed, since it is one of them.
 * @returns The command.
 */
export function completionsCommand(specs: () => readonly CommandSpec[]): Command<Shell> {
  return {
    spec: {
      name: "completions",
      summary: "print completions for a shell",
      usage: "powershell|bash",
      example: "jobbox completions powershell",
      options: [],
      words: SHELLS,
    },
    parse: ({ positionals }) => {
      const [name, ...rest] = positionals;
      const shell = SHELLS.find((each) => each === name);
      if (shell === undefined || rest.length > 0) {
        throw new UsageError(
          `Cannot complete for ${shown(name ?? "")}: wanted ${SHELLS.join(" or ")}`,
        );
      }
      return shell;
    },
    execute: (shell, io) => {
      io.stdout.write(renderCompletions(shell, specs()));
      return Promise.resolve(0);
    },
  };
}
