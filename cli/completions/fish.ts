/**
 * Completions for fish: each option with its help.
 *
 * @module
 */
import { type CommandSpec, HELP_OPTION } from "../args/command.ts";
import { isFile, withUndo, wordsOf } from "./words.ts";
import type { OptionSpec } from "../args/option.ts";

/** A text as one word of fish. */
function quoted(text: string): string {
  return `'${text.replace(/['\\]/g, "\\$&")}'`;
}

/** How an option's value is completed. */
function valueOf(option: OptionSpec): string {
  if (option.value === undefined) return "";
  if (option.words !== undefined) {
    return ` -x -a ${quoted(`(__jobbox_words ${option.words.join(" ")})`)}`;
  }
  return isFile(option) ? " -r -F" : " -x";
}

function optionLine(command: string, option: OptionSpec): string {
  const short = option.short === undefined ? "" : ` -s ${option.short}`;
  return `complete -c jobbox -n '__jobbox_in ${command}'${short} -l ${option.name}${
    valueOf(option)
  } -d ${quoted(option.help)}`;
}

function commandLines({ name, summary, options, words }: CommandSpec): string[] {
  return [
    `complete -c jobbox -n __jobbox_first -a ${name} -d ${quoted(summary)}`,
    ...[...withUndo(options), HELP_OPTION].map((option) => optionLine(name, option)),
    ...words === undefined
      ? []
      : [`complete -c jobbox -n '__jobbox_in ${name}' -a ${quoted(words.join(" "))}`],
  ];
}

/**
 * Writes the completions for fish.
 *
 * @param specs The tool's commands.
 * @returns A script that fish sources.
 */
export function fishCompletions(specs: readonly CommandSpec[]): string {
  const running = wordsOf(specs).filter(({ runs }) => runs);
  const cases = running.map(({ command, values }) =>
    `        case ${command}\n            set valued ${[...values.keys()].join(" ")}`
  );
  return `# Completions of jobbox for fish: jobbox completions fish | source
function __jobbox_first
    test (count (commandline -opc)) -eq 1
end
function __jobbox_begin -d 'where another program\\'s command line begins'
    set -l words (commandline -opc)
    set -l valued
    switch "$words[2]"
${cases.join("\n")}
        case '*'
            return 1
    end
    set -l at 3
    while test $at -le (count $words)
        if test "$words[$at]" = --
            echo (math $at + 1)
            return 0
        else if contains -- $words[$at] $valued
            set at (math $at + 1)
        else if not string match -q -- '-*' $words[$at]
            echo $at
            return 0
        end
        set at (math $at + 1)
    end
    # The word that is being written is its first, unless it is an option.
    string match -q -- '-*' (commandline -ct); and return 1
    echo $at
end
function __jobbox_in -a name
    set -l words (commandline -opc)
    test "$words[2]" = $name; or return 1
    set -l at (__jobbox_begin); or return 0
    test $at -gt (count $words); and not contains -- -- $words
end
function __jobbox_command
    set -l words (commandline -opc)
    set -l at (__jobbox_begin)
    set -l line (string escape -- $words[$at..]) (commandline -ct)
    complete --do-complete="$line"
end
function __jobbox_words -d 'the last of a list of values; the values before it are kept'
    set -l list (string match -r '.*,' -- (commandline -ct | string replace -r '^--[^=]*=' ''))
    for word in $argv
        echo "$list$word"
    end
end
complete -c jobbox.exe -w jobbox
complete -c jobbox -f
complete -c jobbox -n __jobbox_first -l help -s h -d 'the help'
complete -c jobbox -n __jobbox_first -l version -d 'the version'
complete -c jobbox -n __jobbox_first -l json -d 'the result as JSON'
${specs.flatMap(commandLines).join("\n")}
complete -c jobbox -n __jobbox_begin -a '(__jobbox_command)'
`;
}
