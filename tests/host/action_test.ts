/**
 * The GitHub Action's script, against a server on this machine that has one release: the tool as it
 * runs from its sources.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { parse } from "npm:yaml@2.9.0";
import { ActionError, readInputs, scriptText } from "../../action/run.ts";
import { executableName } from "../../release/names.ts";
import { exists } from "../../tools/host/command.ts";
import { PROJECT } from "../../tools/host/project.ts";
import { stdFlags } from "../../tools/host/std.ts";
import { type DenoOutput, runDeno } from "../helpers/deno_process.ts";

/** A release of the tool: a script that runs it under Wine, which sees a Linux path below Z:. */
function released(folder: string): string {
  return `#!/bin/bash
touch ${folder}/started
words=()
for word in "$@"; do
  [[ $word == ${folder}/* ]] && word="Z:\${word//\\//\\\\}"
  words+=("$word")
done
cd ${PROJECT}
exec ${Deno.execPath()} run -A tools/host/main.ts run --no-prompt --no-check --allow-ffi \\
  --allow-read --allow-write cli.ts "\${words[@]}"
`;
}

interface Run extends DenoOutput {
  /** Whether anything of the release ran. */
  readonly started: boolean;
  /** What was asked of the server. */
  readonly asked: readonly string[];
  /** What the page of the run shows. */
  readonly summary: string;
  /** The outputs of the step. */
  readonly outputs: ReadonlyMap<string, string>;
  /** Reads a file that an output names. */
  readonly read: (output: string) => string;
}

/** Runs the action with some of its variables changed. */
async function withAction(
  changed: Readonly<Record<string, string>>,
  check: (run: Run) => void,
  release: (folder: string) => string = released,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const bytes = new TextEncoder().encode(release(folder));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
  const asked: string[] = [];
  const target = Deno.build.arch === "aarch64" ? "arm64" : "x64";
  const path = `/owner/name/releases/download/v1.2.3/${executableName("1.2.3", target)}`;
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    asked.push(new URL(request.url).pathname);
    return asked.at(-1) === path ? new Response(bytes) : new Response("", { status: 404 });
  });
  try {
    const args = [
      ...["run", ...await stdFlags("run"), "--no-prompt", "--no-check", "--allow-net"],
      ...["--allow-read", "--allow-write", "--allow-run", "--allow-env", "action/run.ts"],
    ];
    const env = {
      JOBBOX_VERSION: "1.2.3",
      JOBBOX_SHA256: digest,
      JOBBOX_REPOSITORY: "owner/name",
      JOBBOX_OPTIONS: "",
      JOBBOX_RUN: "exit /b 7",
      JOBBOX_SHELL: "cmd",
      GITHUB_SERVER_URL: `http://127.0.0.1:${server.addr.port}`,
      RUNNER_TEMP: folder,
      GITHUB_STEP_SUMMARY: `${folder}/summary`,
      GITHUB_OUTPUT: `${folder}/output`,
      ...changed,
    };
    const output = await runDeno(args, { env, deadlineMs: 120_000 });
    const read = (name: string): string =>
      exists(`${folder}/${name}`) ? Deno.readTextFileSync(`${folder}/${name}`) : "";
    const outputs = new Map(
      read("output").split("\n").filter((line) => line !== "").map((line) => {
        const at = line.indexOf("=");
        return [line.slice(0, at), line.slice(at + 1)] as const;
      }),
    );
    check({
      ...output,
      started: exists(`${folder}/started`),
      asked,
      summary: read("summary"),
      outputs,
      read: (name) => Deno.readTextFileSync(outputs.get(name) ?? ""),
    });
  } finally {
    await server.shutdown();
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("action: passes the exit code on, with five lines, a record and a page", async () => {
  const changed = { JOBBOX_RUN: "echo hello\nexit /b 7", JOBBOX_OPTIONS: "--memory 512M\n\n" };
  await withAction(changed, ({ code, stdout, stderr, summary, outputs, read }) => {
    assertEquals(code, 7, stderr);
    assertStringIncludes(stdout, "hello");
    assertMatch(summary, /^### jobbox\n\n```text\njobbox: .+\n( {2}\w+ .+\n){4}```\n$/);
    assertStringIncludes(summary, "of 512 MiB");
    assertEquals([outputs.get("verdict"), outputs.get("exit-code")], ["exited", "7"]);
    assertEquals(JSON.parse(read("record")).exitCode, 7);
    assertMatch(read("page"), /^<!doctype html>/i);
  });
});

Deno.test("action: a limit that ends the run fails the step, and is reported", async () => {
  const changed = {
    JOBBOX_RUN: "ping -n 60 127.0.0.1",
    JOBBOX_OPTIONS: "--timeout 1s\n--grace 0s",
  };
  await withAction(changed, ({ code, summary, outputs }) => {
    assertEquals([code, outputs.get("verdict")], [124, "timeout"]);
    assertMatch(summary, /jobbox: .*--timeout/);
  });
});

const WRONG: readonly [what: string, changed: Record<string, string>, message: RegExp][] = [
  ["a version that is not released", { JOBBOX_VERSION: "9.9.9" }, /v9\.9\.9.*server says 404/],
  [
    "a checksum that differs",
    { JOBBOX_SHA256: "0".repeat(64) },
    /SHA-256 [0-9a-f]{64}, expected 0{64}/,
  ],
  ["what is no version", { JOBBOX_VERSION: "latest" }, /JOBBOX_VERSION is "latest"/],
  ["what is no checksum", { JOBBOX_SHA256: "abc" }, /JOBBOX_SHA256 is "abc"/],
  ["what is no option", { JOBBOX_OPTIONS: "calc.exe" }, /cannot read "calc\.exe"/],
  ["another shell", { JOBBOX_SHELL: "fish" }, /"fish" is not one of cmd, pwsh, powershell/],
  ["no script", { JOBBOX_RUN: " " }, /JOBBOX_RUN/],
];

for (const [what, changed, message] of WRONG) {
  Deno.test(`action: ${what} fails before anything runs`, async () => {
    await withAction(changed, ({ code, stdout, stderr, started, outputs, summary }) => {
      assertEquals([code, started, outputs.size, summary], [1, false, 0, ""], stderr);
      assertMatch(stdout, /^::error::.+\n$/);
      assertMatch(stdout, message);
    });
  });
}

Deno.test("action: a jobbox that leaves no record is a failure, whatever its exit code", async () => {
  await withAction({}, ({ code, started, stdout, summary }) => {
    assertEquals([code, started, summary], [1, true, ""]);
    assertMatch(stdout, /^::error::jobbox left no record/);
  }, (folder) => `#!/bin/sh\ntouch ${folder}/started\n`);
});

Deno.test("scriptText: the first error of PowerShell ends the script, with its program's exit code", () => {
  assertEquals(scriptText("cmd", "echo a\nexit /b 1"), "@echo off\r\necho a\r\nexit /b 1");
  for (const shell of ["pwsh", "powershell"] as const) {
    const text = scriptText(shell, "npm ci\nnpm test");
    assertMatch(text, /^\ufeff\$ErrorActionPreference = 'stop'\r\nnpm ci\r\nnpm test\r\n/);
    assertMatch(text, /\{ exit \$LASTEXITCODE \}\r\n$/);
  }
});

Deno.test("action.yml: gives the script every variable that it reads, and keeps what it leaves", async () => {
  const action = parse(await Deno.readTextFile(`${PROJECT}/action.yml`));
  const steps: { env?: Record<string, string>; run?: string; with?: { path: string } }[] =
    action.runs.steps;
  const given = steps.find(({ env }) => env !== undefined)!;
  const read = new Set<string>();
  const all = { ...given.env, GITHUB_SERVER_URL: "https://github.com" };
  const sample: Record<string, string> = { JOBBOX_SHELL: action.inputs.shell.default };
  assertThrows(() => readInputs(() => undefined), ActionError);
  readInputs((name) => {
    read.add(name);
    if (name in sample) return sample[name];
    if (name === "JOBBOX_VERSION") return "1.2.3";
    if (name === "JOBBOX_SHA256") return "A".repeat(64);
    if (name === "GITHUB_SERVER_URL") return all.GITHUB_SERVER_URL;
    return name === "JOBBOX_OPTIONS" ? "" : "a/b";
  });
  // GitHub itself sets the others.
  const ours = [...read].filter((name) => name.startsWith("JOBBOX_"));
  assertEquals(Object.keys(given.env!).toSorted(), ours.toSorted());
  for (const value of Object.values(given.env!)) {
    const input = /^\$\{\{ inputs\.([\w-]+) \}\}$/.exec(value)?.[1];
    assert(value === "${{ github.action_repository }}" || input! in action.inputs, value);
  }
  assertStringIncludes(given.run ?? "", "$GITHUB_ACTION_PATH/action/run.ts");
  const kept = steps.at(-1)?.with?.path ?? "";
  for (const name of ["record", "page"]) assertStringIncludes(kept, `steps.jobbox.outputs.${name}`);
  assertEquals(JSON.stringify(steps).includes("${{ inputs.run }}"), true);
  // A script in a line of the shell could end it: it is a variable only.
  for (const { run = "" } of steps) assertEquals(run.includes("${{"), false);
});
