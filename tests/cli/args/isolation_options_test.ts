import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  givenRestrictions,
  ISOLATION_OPTIONS,
  messageInOptions,
  readIsolationOptions,
  wordsOf,
} from "../../../cli/args/isolation_options.ts";
import { parsePolicy } from "../../../cli/args/policy.ts";
import { mergeSettings } from "../../../cli/args/merge_settings.ts";
import { fromCommandLine, parseArgs, type Setting, Settings } from "../../../cli/args/settings.ts";
import { UsageError } from "../../../cli/args/usage_error.ts";
import { CONTAINER_PARTS, ISOLATION_PRESETS, ISOLATION_ROWS } from "../../../isolation/table.ts";
import { type Isolation, IsolationNotAppliedError } from "../../../mod.ts";

function mergedSettings(tokens: readonly string[], policy?: object): readonly Setting[] {
  const given = fromCommandLine(parseArgs(tokens, ISOLATION_OPTIONS).options);
  const specs = ISOLATION_OPTIONS;
  const text = JSON.stringify(policy ?? {});
  const below = parsePolicy(text, { path: "p.json", specs }).settings;
  return mergeSettings(below, given, { specs });
}

function settings(tokens: readonly string[], policy?: object): Settings {
  return new Settings(mergedSettings(tokens, policy));
}

function read(...tokens: string[]): Isolation | undefined {
  return readIsolationOptions(settings(tokens));
}

Deno.test("ISOLATION_OPTIONS: one option for each row of the table, and --isolate for several", () => {
  assertEquals(
    ISOLATION_OPTIONS.map(({ name }) => `--${name}`),
    [
      "--isolate",
      ...ISOLATION_ROWS.map(({ option }) => option),
      ...CONTAINER_PARTS.map(({ option }) => option),
    ],
  );
});

Deno.test('readIsolationOptions: each word of --isolate is its preset, and "none" is no isolation', () => {
  assertEquals(read(), undefined);
  assertEquals(read("--isolate", "none"), undefined);
  assertEquals(read("--isolate", "user"), ISOLATION_PRESETS.user);
  assertEquals(read("--isolate", "LOW"), ISOLATION_PRESETS.low);
  assertEquals(read("--isolate", "container"), ISOLATION_PRESETS.container);
});

Deno.test("readIsolationOptions: each option is its row", () => {
  const spellings: [string[], Isolation][] = [
    [["--no-admin"], { admin: false }],
    [["--keep-privileges", "none"], { privileges: [] }],
    [["--keep-privileges", "SeShutdownPrivilege, SeUndockPrivilege"], {
      privileges: ["SeShutdownPrivilege", "SeUndockPrivilege"],
    }],
    [["--keep-env", "CI", "--keep-env", "GITHUB_*"], { environment: ["CI", "GITHUB_*"] }],
    [["--fresh-temp"], { temp: "fresh" }],
    [["--protect", "--no-admin"], { admin: false, protect: true }],
    [["--integrity", "low"], { integrity: "low" }],
    [["--private-desktop"], { desktop: "private" }],
    [["--mitigate", "fonts,strict-handles"], { mitigations: ["fonts", "strict-handles"] }],
    [["--container"], { container: {} }],
    [["--container", "--no-network"], { container: { network: [] } }],
    [["--container", "--network", "internet,private"], {
      container: { network: ["internet", "private"] },
    }],
    [["--isolate", "container", "--read", "a", "--read", "C:\\b", "--write", "c"], {
      ...ISOLATION_PRESETS.container,
      container: { read: ["a", "C:\\b"], write: ["c"] },
    }],
    [["--container", "--capabilities", "none", "--all-packages"], {
      container: { capabilities: [], lessPrivileged: false },
    }],
    [["--isolate", "user", "--keep-privileges", "SeUndockPrivilege"], {
      ...ISOLATION_PRESETS.user,
      privileges: ["SeUndockPrivilege"],
    }],
  ];
  for (const [tokens, wish] of spellings) assertEquals(read(...tokens), wish, tokens.join(" "));
  const tried = new Set(spellings.flatMap(([, wish]) => Object.keys(wish)));
  assertEquals(ISOLATION_ROWS.filter(({ name }) => !tried.has(name)), []);
  const words = new Set(spellings.flatMap(([tokens]) => tokens));
  assertEquals(CONTAINER_PARTS.filter(({ option }) => !words.has(option)), []);
});

Deno.test("readIsolationOptions: a policy has the same options, and the command line overrides it", () => {
  const policy = { isolate: "user", keepEnv: ["CI"], integrity: "low" };
  assertEquals(readIsolationOptions(settings([], policy)), {
    ...ISOLATION_PRESETS.user,
    environment: ["CI"],
    integrity: "low",
  });
  assertEquals(readIsolationOptions(settings(["--isolate", "none"], policy)), {
    environment: ["CI"],
    integrity: "low",
  });
});

Deno.test("readIsolationOptions: an impossible combination is refused with a message that names the option", () => {
  const wrong: [string[], string][] = [
    [["--isolate", "auto"], "--isolate: Cannot read"],
    [["--no-network"], "--no-network: it gives something to a container"],
    [["--isolate", "low", "--read", "x"], "--read: it gives something to a container"],
    [["--container", "--network", "lan"], "--network: "],
    [["--container", "--network", "internet", "--no-network"], "cannot stand beside"],
    [["--container", "--read", "\\\\server\\share"], "it is on another computer"],
    [["--container", "--write", "C:\\"], "it is the root of a drive"],
    [["--container", "--capabilities", "permissiveLearningMode"], "allow everything"],
    [["--container", "--write", "C:\\a", "--read", "C:\\a\\b"], "cannot be read-only"],
    [["--container", "--fresh-temp"], "--container cannot stand beside --fresh-temp: Windows"],
    [
      ["--isolate", "container", "--integrity", "low"],
      "--isolate container (--container) cannot stand beside --integrity: a container",
    ],
    [
      ["--isolate", "user", "--container"],
      "--container cannot stand beside --isolate user (--fresh-temp): Windows",
    ],
    [["--integrity", "medium"], "--integrity: "],
    [["--keep-privileges", "shutdown"], "--keep-privileges: "],
    [["--keep-privileges", ""], "--keep-privileges: "],
    [["--keep-env", "A=B"], "--keep-env: "],
    [["--mitigate", "win32k"], "--mitigate: "],
    [["--mitigate", "none"], "--mitigate: must name one at least"],
    [["--protect"], "--protect needs --no-admin, since"],
  ];
  for (const [tokens, said] of wrong) {
    const { message } = assertThrows(() => read(...tokens), UsageError);
    assert(message.includes(said), message);
    assert(!message.includes("isolation."), message);
  }
});

Deno.test("wordsOf: names restrictions as they were written, on the command line or in a policy", () => {
  const { restriction, variable } = wordsOf(settings(["--protect"], { isolate: "user" }));
  assertEquals(restriction("temp"), "p.json: isolate user (--fresh-temp)");
  assertEquals(restriction("protect"), "--protect");
  assertEquals(restriction("container"), "--container");
  assertEquals(variable("TEMP"), "the variable TEMP");
});

Deno.test("messageInOptions: a restriction has the words of the command line, another error its own", () => {
  const given = mergedSettings(["--integrity", "low"], { isolate: "user" });
  const message = (row: string): string => {
    const gate = "by a trial";
    const error = new IsolationNotAppliedError({ row, gate, asked: "a", read: "b" });
    return messageInOptions(error, given);
  };
  const rest = ": asked a, read b, by a trial; it was not run";
  const said = "Cannot start the process with ";
  assertEquals(message("integrity"), `${said}--integrity${rest}`);
  assertEquals(message("temp"), `${said}p.json: isolate user (--fresh-temp)${rest}`);
  assertEquals(messageInOptions(new Error("isolation.temp"), given), "isolation.temp");
});

Deno.test("givenRestrictions: lists each restriction with the option that requests it", () => {
  const given = givenRestrictions(settings(["--isolate", "user", "--integrity", "low"]));
  assertEquals(given.map(({ given: [first], row }) => `${row.name} ${first!.name}`), [
    "admin isolate",
    "privileges isolate",
    "temp isolate",
    "protect isolate",
    "integrity integrity",
  ]);
});

Deno.test("givenRestrictions: lists a container with the options that grant it something", () => {
  const given = givenRestrictions(settings(["--container", "--read", "x", "--no-network"]));
  assertEquals(given.map(({ given }) => given.map(({ name }) => name)), [
    ["container", "read", "no-network"],
  ]);
});

Deno.test("readIsolationOptions: the command line removes a policy's container, with its parts", () => {
  const policy = { isolate: "container", read: ["C:\\a"], network: "internet" };
  assertEquals(readIsolationOptions(settings([], policy)), {
    ...ISOLATION_PRESETS.container,
    container: { network: ["internet"], read: ["C:\\a"] },
  });
  assertEquals(readIsolationOptions(settings(["--isolate", "none"], policy)), undefined);
  assertEquals(readIsolationOptions(settings(["--no-network"], policy))?.container?.network, []);
});
