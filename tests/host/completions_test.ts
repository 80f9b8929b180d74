/**
 * The completions, asked of the real shells; a shell that is not installed is ignored.
 */
import { assert, assertEquals } from "@std/assert";
import { renderCompletions, type Shell } from "../../cli/commands/completions.ts";
import { COMMANDS } from "../../cli/commands/list.ts";
import { run } from "../../tools/host/command.ts";

/** How to query a shell: its arguments after the files of the script and of the result. */
interface Asked {
  readonly script: string;
  readonly answer: string;
  readonly folder: string;
  readonly words: readonly string[];
}

const BASH = `COMP_WORDS=("\${@:2}"); COMP_CWORD=$(($# - 2)); source "$1"; _jobbox
printf '%s\\n' "\${COMPREPLY[@]}"`;

/** What the zsh that is asked does: its completion writes what it would offer. */
const ZSH_ANSWERS = `
PS1=
autoload -Uz compinit && compinit -D -u
source $SCRIPT
typeset -ga hits
compadd() {
  if ((\${@[(I)-[OAD]]})); then builtin compadd "$@"; return; fi
  local -a found
  builtin compadd -O found "$@"
  hits+=($found)
  builtin compadd "$@"
}
_ask() { hits=(); _main_complete; print -rl -- \${(Q)hits} >$ANSWER; print -r do''ne }
zle -C ask complete-word _ask
bindkey '^I' ask
print -r rea''dy
`;

/** Completion needs a terminal: zsh makes one for another zsh. The quotes keep its echo apart. */
const ZSH_ASKS = `
zmodload zsh/zpty
zpty asked "zsh -f -i"
zpty -w asked "source $SCRIPT.answers"
zpty -r asked seen '*ready*'
zpty -w -n asked "$1"$'\\t'
zpty -r asked seen '*done*'
zpty -d asked
`;

const ASKERS: {
  readonly [shell in Exclude<Shell, "powershell">]: (asked: Asked) => Promise<string>;
} = {
  bash: async ({ script, words, folder }) =>
    (await said(["bash", "-c", BASH, "bash", script, "jobbox", ...words], folder)).stdout,
  fish: async ({ script, words, folder }) => {
    const ask = `source ${script}; complete --do-complete="$argv"`;
    const line = ["jobbox", ...words].join(" ");
    const { stdout } = await said(["fish", "--no-config", "-c", ask, line], folder);
    // The help of each follows after a tab.
    return stdout.replace(/\t.*/g, "");
  },
  zsh: async ({ script, answer, words, folder }) => {
    await Deno.writeTextFile(`${script}.answers`, ZSH_ANSWERS);
    const line = ["jobbox", ...words].join(" ");
    await said(["zsh", "-f", "-c", ZSH_ASKS, "zsh", line], folder, {
      SCRIPT: script,
      ANSWER: answer,
    });
    return Deno.readTextFile(answer);
  },
};

async function said(
  command: readonly string[],
  folder: string,
  env: Record<string, string> = {},
): Promise<{ stdout: string }> {
  const result = await run(["timeout", "30", ...command], {
    cwd: folder,
    env: { ...env, HOME: folder },
  });
  assertEquals([result.code, result.stderr], [0, ""], command.at(-1));
  return result;
}

function isInstalled(shell: string): boolean {
  return (Deno.env.get("PATH") ?? "").split(":").some((folder) => {
    try {
      return Deno.statSync(`${folder}/${shell}`).isFile;
    } catch {
      return false;
    }
  });
}

/** What a shell offers for the last of the words, in a folder of two files. */
async function offered(shell: keyof typeof ASKERS, ...words: string[]): Promise<string[]> {
  const base = await Deno.makeTempDir();
  try {
    const folder = `${base}/files`;
    await Deno.mkdir(folder);
    await Deno.writeTextFile(`${folder}/my file.json`, "");
    await Deno.writeTextFile(`${folder}/other.txt`, "");
    const [script, answer] = [`${base}/script`, `${base}/answer`];
    await Deno.writeTextFile(script, renderCompletions(shell, COMMANDS.map(({ spec }) => spec)));
    const answered = await ASKERS[shell]({ script, answer, words, folder });
    return answered.split("\n").filter((line) => line !== "").sort();
  } finally {
    await Deno.remove(base, { recursive: true });
  }
}

const FILES = ["my file.json", "other.txt"];

for (const shell of Object.keys(ASKERS) as (keyof typeof ASKERS)[]) {
  const test = (name: string, fn: () => Promise<void>): void =>
    Deno.test({ name: `${shell} ${name}`, ignore: !isInstalled(shell), fn });
  const offer = (...words: string[]): Promise<string[]> => offered(shell, ...words);

  test("completes commands, options and the words of a value", async () => {
    assertEquals(await offer("comp"), ["completions"]);
    assertEquals(await offer("completions", ""), ["bash", "fish", "powershell", "zsh"]);
    assertEquals(await offer("help", "att"), ["attach"]);
    assertEquals(await offer("run", "--on-l"), ["--on-limit"]);
    assertEquals(await offer("run", "--on-limit", ""), ["kill", "report", "stop"]);
    assertEquals(await offer("run", "--priority", "id"), ["idle"]);
    assertEquals(await offer("doctor", "--need", "memo"), ["memory"]);
    const [last = "", ...others] = await offer("run", "--ui", "desktop,han");
    // zsh returns only the word; the text before it stays.
    assert(/^(desktop,)?handles$/.test(last) && others.length === 0, last);
  });

  test("completes a name with a blank as one", async () => {
    assertEquals(await offer("run", "--report", ""), FILES);
    assertEquals(await offer("run", "--report", "my"), ["my file.json"]);
  });

  test("leaves the command's own options alone", async () => {
    assertEquals(await offer("run", "node", "--mem"), []);
    assertEquals(await offer("run", "--memory", "1M", "--", "--mem"), []);
    assertEquals(await offer("run", "--memory", "1M", "--breakaway", "node", ""), FILES);
    assertEquals(await offer("run", "--memory", "1M", "--on-lim"), ["--on-limit"]);
    assertEquals(await offer("run", "--breakaway", "--on-lim"), ["--on-limit"]);
    assertEquals(await offer("run", "--memory", ""), []);
  });

  test("completes a flag that undoes another, and no files in place of a job's name", async () => {
    assertEquals(await offer("run", "--no-qui"), ["--no-quiet"]);
    assertEquals(await offer("run", "--wait-"), ["--wait-tree"]);
    for (const command of ["ps", "kill", "attach"]) assertEquals(await offer(command, "o"), []);
  });
}

Deno.test("bash completes a value after an equals sign", async () => {
  assertEquals(await offered("bash", "run", "--on-limit", "=", "k"), ["kill"]);
});

for (const shell of ["zsh", "fish"] as const) {
  Deno.test({
    name: `${shell} completes a program and a value after an equals sign`,
    ignore: !isInstalled(shell),
    fn: async () => {
      assertEquals(await offered(shell, "run", "-q", "uniq"), ["uniq"]);
      assertEquals(await offered(shell, "run", "--", "uniq"), ["uniq"]);
      const [value = ""] = await offered(shell, "run", "--on-limit=k");
      assert(/^(--on-limit=)?kill$/.test(value), value);
    },
  });
}
