/**
 * Completions for zsh, with its `_arguments`: each option with its help.
 *
 * @module
 */
import { type CommandSpec, HELP_OPTION } from "../args/command.ts";
import { isFile, spellings, withUndo } from "./words.ts";
import type { OptionSpec } from "../args/option.ts";

/** A text as one word of zsh. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** What completes an option's value; a blank means that nothing is offered. */
function action(option: OptionSpec): string {
  if (option.words !== undefined) return ` _jobbox_words ${option.words.join(" ")}`;
  return isFile(option) ? "_files" : " ";
}

/** An option as `_arguments` takes it, one line for each spelling. */
function optionLines(option: OptionSpec): string[] {
  const { value, repeat, help } = option;
  const all = spellings(option);
  const before = repeat === true ? "*" : `(${all.join(" ")})`;
  const after = `[${help.replace(/[[\]\\]/g, "\\$&")}]`;
  return all.map((spelling) =>
    quoted(
      value === undefined
        ? `${before}${spelling}${after}`
        : `${before}${spelling}${spelling.startsWith("--") ? "=" : "+"}${after}:${
          value.replaceAll(":", "\\:")
        }:${action(option)}`,
    )
  );
}

/** The words after the options of a command. */
function positionalLines({ stopEarly, words }: CommandSpec): string[] {
  if (stopEarly === true) return [];
  return [quoted(words === undefined ? "*:argument: " : `1:word:(${words.join(" ")})`)];
}

function commandCase(spec: CommandSpec): string {
  const options = [...withUndo(spec.options), HELP_OPTION];
  const lines = [...options.flatMap(optionLines), ...positionalLines(spec)];
  const valued = options.filter(({ value }) => value !== undefined).flatMap(spellings);
  const command = spec.stopEarly === true
    ? `      _jobbox_command ${valued.join(" ")} && return\n`
    : "";
  return `    ${spec.name})
${command}      _arguments -S ${lines.join(" \\\n        ")}
      ;;`;
}

/**
 * Writes the completions for zsh.
 *
 * @param specs The tool's commands.
 * @returns A script to source after `compinit`, or to keep as `_jobbox` in a folder of `fpath`.
 */
export function zshCompletions(specs: readonly CommandSpec[]): string {
  const commands = specs.map(({ name, summary }) =>
    `    ${quoted(`${name}:${summary.replaceAll(":", "\\:")}`)}`
  );
  return `#compdef jobbox jobbox.exe
# Completions of jobbox for zsh, after compinit: source <(jobbox completions zsh)
_jobbox_words() {
  # The last of a list of values; the values before it are kept.
  compset -P '*,'
  compadd -- "$@"
}
_jobbox_command() {
  # After -- or the first word that is not an option, another program's command line is completed as
  # that program's own. The arguments are the options that take a value.
  local -i at=2 begin=0
  while ((at < CURRENT && begin == 0)); do
    if [[ $words[at] == -- ]]; then
      begin=at+1
    elif ((\${@[(Ie)$words[at]]})); then
      at+=2
    elif [[ $words[at] != -* ]]; then
      begin=at
    else
      at+=1
    fi
  done
  ((begin == 0 && at == CURRENT)) && [[ $words[at] != -* ]] && begin=at
  ((begin > 0)) || return
  words=("\${(@)words[begin,-1]}")
  CURRENT+=1-begin
  _normal -p jobbox
  return 0
}
_jobbox() {
  local -a names=(
${commands.join("\n")}
  )
  if ((CURRENT == 2)); then
    _describe -t commands command names
    [[ $PREFIX == -* ]] && compadd -- --help --version --json
    return
  fi
  shift words
  ((CURRENT--))
  case $words[1] in
${specs.map(commandCase).join("\n")}
  esac
}
if [[ $funcstack[1] == _jobbox ]]; then
  _jobbox "$@"
else
  compdef _jobbox jobbox jobbox.exe
fi
`;
}
