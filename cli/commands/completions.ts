/**
 * `jobbox completions`: a shell's completions, made of the commands' tables.
 *
 * @module
 */
import { shown } from "../../process/start/shown.ts";
import type { OptionSpec } from "../args/args.ts";
import { type Command, type CommandSpec, HELP_OPTION } from "../args/command.ts";
import { UsageError } from "../args/usage_error.ts";

const SHELLS = ["powershell", "bash"] as const;

/** A shell that completions are written for. */
export type Shell = (typeof SHELLS)[number];

/** What completions are made of: the words behind each command. */
interface Words {
  readonly command: string;
  readonly options: readonly string[];
  /** Options whose value is a file. */
  readonly files: readonly string[];
}

function isFile({ value }: OptionSpec): boolean {
  return value === "FILE" || value === "FOLDER";
}

function wordsOf(specs: readonly CommandSpec[]): Words[] {
  return specs.map(({ name, options }) => ({
    command: name,
    options: [...options, HELP_OPTION].map((option) => `--${option.name}`).sort(),
    files: options.filter(isFile).map((option) => `--${option.name}`).sort(),
  }));
}

function bash(words: readonly Words[]): string {
  const cases = words.map(({ command, options }) =>
    `    ${command}) words="${options.join(" ")}" ;;`
  );
  const files = [...new Set(words.flatMap((each) => each.files))].sort();
  return `# Completions of jobbox for bash: eval "$(jobbox completions bash)"
_jobbox() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} words= at
  COMPREPLY=()
  for ((at = 2; at < COMP_CWORD; at++)); do
    # Behind -- stands another program's command line.
    [[ \${COMP_WORDS[at]} == -- ]] && { COMPREPLY=($(compgen -f -- "$word")); return; }
  done
  case $before in
    ${files.join("|")}) COMPREPLY=($(compgen -f -- "$word")); return ;;
  esac
  if ((COMP_CWORD == 1)); then
    words="${[...words.map(({ command }) => command), "--help", "--version"].join(" ")}"
  else
    case \${COMP_WORDS[1]} in
${cases.map((line) => `  ${line}`).join("\n")}
    esac
  fi
  if [[ $word == -* || $COMP_CWORD == 1 ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$word"))
  else
    COMPREPLY=($(compgen -f -- "$word"))
  fi
}
complete -o filenames -F _jobbox jobbox jobbox.exe
`;
}

function quoted(words: readonly string[]): string {
  return words.map((word) => `'${word.replaceAll("'", "''")}'`).join(", ");
}

function powershell(words: readonly Words[]): string {
  const table = words.map(({ command, options }) => `    '${command}' = @(${quoted(options)})`);
  const files = [...new Set(words.flatMap((each) => each.files))].sort();
  return `# Completions of jobbox for PowerShell: jobbox completions powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName jobbox, jobbox.exe -ScriptBlock {
  param($word, $ast, $position)
  $options = @{
${table.join("\n")}
  }
  $given = @($ast.CommandElements | Where-Object { $_.Extent.EndOffset -lt $position } |
    ForEach-Object { $_.ToString() })
  # Behind -- stands another program's command line, and these options take a file.
  if ($given -contains '--') { return }
  if ($given.Count -gt 0 -and @(${quoted(files)}) -contains $given[-1]) { return }
  $words = if ($given.Count -lt 2) {
    @(${quoted([...words.map(({ command }) => command), "--help", "--version"])})
  } else { $options[$given[1]] }
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
