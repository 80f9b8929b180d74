import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { UsageError } from "../../../cli/args/usage_error.ts";
import { type EngineWorld, MachineFaultError } from "../../../cli/engines/engine.ts";
import { HTCONDOR } from "../../../cli/engines/htcondor.ts";

const MACHINE = 'Name = "slot1_1@ep1"\nMemory = 384\nCpus = 1\nDisk = 100\n';

const JOB = 'ClusterId = 12\nProcId = 0\nOwner = "ann"\n';

const VARIABLES = {
  _CONDOR_SCRATCH_DIR: "C:\\execute\\dir_1",
  _CONDOR_MACHINE_AD: "machine",
  _CONDOR_JOB_AD: "job",
  _CONDOR_WRAPPER_ERROR_FILE: "C:\\execute\\error",
  _CONDOR_BIN: "C:\\condor\\bin",
  _CONDOR_CHIRP_CONFIG: "C:\\execute\\dir_1\\.chirp.config",
};

function world(
  ads: { readonly machine?: string | Uint8Array; readonly job?: string | Uint8Array },
  variables: Record<string, string> = VARIABLES,
): EngineWorld {
  const files: Record<string, string | Uint8Array | undefined> = ads;
  return {
    variable: (name) => variables[name],
    readFile: (path, most) => {
      const content = files[path];
      if (content === undefined) throw new Error(`No such file: open '${path}'`);
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      return bytes.subarray(0, most);
    },
    processors: () => 8,
  };
}

function options(machine: string, job = JOB): Record<string, string> {
  const { settings } = HTCONDOR.read(world({ machine, job }));
  const others = settings.filter(({ name }) => name !== "label");
  return Object.fromEntries(others.map(({ name, value }) => [name, value]));
}

function fault(ads: Parameters<typeof world>[0]): string {
  return assertThrows(() => HTCONDOR.read(world(ads)), MachineFaultError).message;
}

function usage(ads: Parameters<typeof world>[0], variables?: Record<string, string>): string {
  return assertThrows(() => HTCONDOR.read(world(ads, variables)), UsageError).message;
}

Deno.test("htcondor: the slot's memory and processors are the limits", () => {
  assertEquals(options(MACHINE), {
    "on-limit": "kill",
    "no-wait-tree": "",
    quiet: "",
    report: "C:\\execute\\dir_1\\jobbox.json",
    memory: "402653184B",
    cpus: "1",
  });
  // The whole machine needs no limit that a job object would refuse.
  assertEquals(options("Memory = 1\nCpus = 8\n").cpus, undefined);
  assertEquals(options("Memory = 1\nCpus = 64\n").cpus, undefined);
});

Deno.test("htcondor: the labels identify the job and the slot", () => {
  const labels = (machine: string, job: string) =>
    HTCONDOR.read(world({ machine, job })).settings.filter(({ name }) => name === "label")
      .map(({ value }) => value);
  assertEquals(labels(MACHINE, JOB), [
    ...["engine=htcondor", "cluster=12", "proc=0", "owner=ann", "slot=slot1_1@ep1"],
  ]);
  assertEquals(labels("Memory = 1\nCpus = 1\n", "Owner = 1 + 1\nProcId = 1 + 1\n"), [
    "engine=htcondor",
  ]);
  const long = labels(MACHINE, `Owner = "${"x".repeat(5000)}"\nProcId = 1 + 1\n`);
  assertEquals(long[1]?.length, 256);
  // A character is not cut in half, which no label may hold.
  const half = labels(
    MACHINE,
    `ProcId = 1 + 1\nOwner = "${"x".repeat(256 - "owner=".length - 1)}\u{1F600}"\n`,
  );
  assertEquals([half[1]?.length, half[1]?.isWellFormed()], [255, true]);
});

Deno.test("htcondor: reads the job's own limits in HTCondor's units", () => {
  const job =
    `${JOB}JobboxTimeout = 90.5\nJobboxCpuTime = 5\njobboxgrace = 2\nJobboxProcesses = 8\n` +
    "JobboxMaxOutput = 16\n";
  const { settings } = HTCONDOR.read(world({ machine: MACHINE, job }));
  const none = options(MACHINE, `${JOB}JobboxTimeout = undefined\nJobboxGrace = UNDEFINED\n`);
  assertEquals([none.timeout, none.grace], [undefined, undefined]);
  assertEquals(settings.slice(-5), [
    { name: "timeout", value: "90.5s", from: "job ad: JobboxTimeout" },
    { name: "cpu-time", value: "5s", from: "job ad: JobboxCpuTime" },
    { name: "grace", value: "2s", from: "job ad: JobboxGrace" },
    { name: "processes", value: "8", from: "job ad: JobboxProcesses", number: 8 },
    { name: "max-output", value: "16M", from: "job ad: JobboxMaxOutput" },
  ]);
});

Deno.test("htcondor: a job with an invalid request is refused, and the machine is not blamed", () => {
  for (
    const [line, got] of [
      ['JobboxTimeout = "soon"', 'JobboxTimeout: Expected a number of seconds, got "soon"'],
      ["JobboxMaxOutput = 2 * 8", "JobboxMaxOutput: Expected a number of MiB, got 2 * 8"],
      ["JobboxProcesses = true", "JobboxProcesses: Expected a number, got true"],
      ["JobboxTimout = 60", "job ad: Unknown attribute jobboxtimout: did you mean JobboxTimeout?"],
      ["JobboxColour = 1", "Unknown attribute jobboxcolour: expected one of JobboxTimeout, "],
      ["nonsense", 'Cannot read the job ad job: line 4: Expected "Name = Value"'],
      ["ProcId = 1", "Cannot read the job ad job: line 4: ProcId has two values"],
    ] as const
  ) {
    assertStringIncludes(usage({ machine: MACHINE, job: `${JOB}${line}\n` }), got);
  }
  const huge = new Uint8Array(16 * 1024 ** 2 + 1).fill(65);
  assertStringIncludes(usage({ machine: MACHINE, job: huge }), "it is larger than 16 MiB");
});

Deno.test("htcondor: without HTCondor's variables the run is not one of its jobs", () => {
  for (const name of ["_CONDOR_SCRATCH_DIR", "_CONDOR_MACHINE_AD", "_CONDOR_JOB_AD"]) {
    for (const value of [undefined, ""]) {
      const variables: Record<string, string | undefined> = { ...VARIABLES, [name]: value };
      assertStringIncludes(
        usage({ machine: MACHINE, job: JOB }, variables as Record<string, string>),
        `--engine htcondor: ${name} is not set`,
      );
    }
  }
});

Deno.test("htcondor: a slot ad that is missing, cut off, huge or wrong is the machine's fault", () => {
  const huge = new Uint8Array(16 * 1024 ** 2 + 1).fill(65);
  for (
    const [machine, got] of [
      [undefined, "Cannot read the machine ad machine: No such file"],
      ["", "Cannot read the machine ad machine: it is empty"],
      ["\n", "machine ad: Memory: Expected a number from 1 to 1073741824, got nothing"],
      ["Memory = 384", "line 1: The text stops in the middle of the line"],
      [huge, "it is larger than 16 MiB"],
      ["nonsense\n", 'line 1: Expected "Name = Value"'],
      ['Memory = "384"\nCpus = 1\n', 'Memory: Expected a number from 1 to 1073741824, got "384"'],
      ["Memory = 384 * 2\nCpus = 1\n", "got 384 * 2"],
      ["Memory = 0\nCpus = 1\n", "got 0"],
      ["Memory = -384\nCpus = 1\n", "got -384"],
      ["Memory = 1e30\nCpus = 1\n", "got 1e+30"],
      ["Memory = 384\nMemory = 999\nCpus = 1\n", "Memory has two values"],
      ['Memory = 384\nCpus = "two & more"\n', 'got "two & more"'],
      ["Memory = 384\n", "Cpus: Expected a number from 1 to 1073741824, got nothing"],
    ] as const
  ) {
    assertStringIncludes(fault({ ...machine === undefined ? {} : { machine }, job: JOB }), got);
  }
  assertStringIncludes(fault({ machine: MACHINE }), "Cannot read the job ad job: No such file");
  assertStringIncludes(fault({ machine: MACHINE, job: "" }), "job ad job: it is empty");
  assertStringIncludes(fault({ machine: MACHINE, job: "ClusterId = 1" }), "stops in the middle");
  // A cut at the end of a line, which can take the limits away.
  const cut = "ClusterId = 1\nJobboxProcesses = 3\n";
  assertStringIncludes(fault({ machine: MACHINE, job: cut }), "It has no ProcId, so it is not the");
});

Deno.test("htcondor: a part of the slot's ad never gives a looser limit than the whole ad", () => {
  const whole = options(MACHINE);
  for (let end = 0; end < MACHINE.length; end++) {
    const machine = MACHINE.slice(0, end);
    let part;
    try {
      part = options(machine);
    } catch (error) {
      assert(error instanceof MachineFaultError);
      continue;
    }
    assertEquals([part.memory, part.cpus], [whole.memory, whole.cpus], machine);
  }
});

Deno.test("htcondor: strings in another code page do no harm", () => {
  const job = new Uint8Array([...new TextEncoder().encode('ProcId = 0\nA = "'), 0xfc, 0x22, 0x0a]);
  const { settings } = HTCONDOR.read(world({ machine: MACHINE, job }));
  assertEquals(settings.some(({ name }) => name === "memory"), true);
});

Deno.test("htcondor: condor_chirp writes the end into the job ad, if the starter accepts it", () => {
  const { tell } = HTCONDOR.read(world({ machine: MACHINE, job: JOB }));
  const set = (name: string, value: string) => ({
    program: "C:\\condor\\bin\\condor_chirp.exe",
    args: ["set_job_attr_delayed", name, value],
  });
  assertEquals(tell({ verdict: "memory", limit: "jobMemory", peakMemory: 402653185 }), [
    set("ChirpJobboxVerdict", '"memory"'),
    set("ChirpJobboxLimit", '"jobMemory"'),
    set("ChirpJobboxPeakMemory", "385"),
  ]);
  // What an earlier run of the job has told does not stay.
  assertEquals(tell({ verdict: "exited" }), [
    set("ChirpJobboxVerdict", '"exited"'),
    set("ChirpJobboxLimit", "undefined"),
    set("ChirpJobboxPeakMemory", "undefined"),
  ]);
  for (const name of ["_CONDOR_BIN", "_CONDOR_CHIRP_CONFIG"] as const) {
    const { [name]: _, ...variables } = VARIABLES;
    const facts = HTCONDOR.read(world({ machine: MACHINE, job: JOB }, variables));
    assertEquals(facts.tell({ verdict: "exited" }), []);
  }
});

Deno.test("htcondor: a machine's fault is written to the wrapper's error file", () => {
  const facts = HTCONDOR.read(world({ machine: MACHINE, job: JOB }));
  assertEquals(facts.errorFile, "C:\\execute\\error");
  const { _CONDOR_WRAPPER_ERROR_FILE: _, ...variables } = VARIABLES;
  const without = HTCONDOR.read(world({ machine: MACHINE, job: JOB }, variables));
  assertEquals("errorFile" in without, false);
});
