/**
 * Completions for PowerShell.
 *
 * @module
 */
import type { CommandSpec } from "../args/command.ts";
import { toolWords, valueCases, wordsOf } from "./words.ts";

function quoted(words: readonly string[]): string {
  return words.map((word) => `'${word.replaceAll("'", "''")}'`).join(", ");
}

/**
 * Writes the completions for PowerShell.
 *
 * @param specs The tool's commands.
 * @returns A script that PowerShell evaluates.
 */
export function powershellCompletions(specs: readonly CommandSpec[]): string {
  const words = wordsOf(specs);
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
    # Another program's command line follows -- or the first word that is not an option.
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
    @(${quoted(toolWords(words))})
  } elseif ($positionals.ContainsKey($given[1]) -and $word -notlike '-*') { $positionals[$given[1]] }
  else { $options[$given[1]] }
  $words | Where-Object { $_ -like "$word*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
  }
}
`;
}
