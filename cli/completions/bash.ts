/**
 * Completions for bash.
 *
 * @module
 */
import type { CommandSpec } from "../args/command.ts";
import { filed, toolWords, valueCases, wordsOf } from "./words.ts";

/**
 * Writes the completions for bash.
 *
 * @param specs The tool's commands.
 * @returns A script that bash evaluates.
 */
export function bashCompletions(specs: readonly CommandSpec[]): string {
  const words = wordsOf(specs);
  // The options that take a value differ: a switch of run takes a word in limits.
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
  # The last of a list of values; the values before it are kept.
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
    _jobbox_words "${toolWords(words).join(" ")}"
    return
  fi
  case \${COMP_WORDS[1]} in
${cases.join("\n")}
  esac
  # Another program's command line follows -- or the first word that is not an option.
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
  elif [[ -n $runs ]]; then
    _jobbox_files
  else
    # The name of a job or a number of a process is known to no shell.
    _jobbox_words "$positionals"
  fi
}
complete -F _jobbox jobbox jobbox.exe
`;
}
