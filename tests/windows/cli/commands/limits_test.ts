import { assertEquals, assertThrows } from "@std/assert";
import { limitsCommand } from "../../../../cli/commands/limits.ts";
import { UsageError } from "../../../../cli/args/usage_error.ts";
import { JobObject } from "../../../../job/job_object.ts";
import { FakeIo } from "../../../helpers/fake_io.ts";
import { uniqueName } from "../../../helpers/job_trials.ts";
import { parseArgs } from "../../../../cli/args/settings.ts";

Deno.test("limitsCommand: a soft limit of a rate sets the notification of its rate, and needs a rate", async () => {
  const name = uniqueName("rates");
  using job = JobObject.create({ name });
  const limits = (...tokens: string[]): Promise<number> => {
    const io = new FakeIo();
    const args = parseArgs([...tokens, name], limitsCommand.spec.options);
    return limitsCommand.execute(limitsCommand.parse(args, io), io);
  };
  for (const option of ["--notify-cpu-rate", "--notify-io-rate", "--notify-net-rate"]) {
    const message = `${option}: Cannot watch a rate that has no limit`;
    assertThrows(() => limits("--memory", "64M", option, "low"), UsageError, message);
  }
  assertEquals([job.limits(), job.notificationLimits()], [{}, {}]);

  job.setLimits({ cpu: { softCap: 50 } });
  assertEquals(await limits("--notify-cpu-rate", "low,short"), 0);
  const cpuRate = { tolerance: "low", interval: "short" } as const;
  assertEquals(job.limits(), { cpu: { softCap: 50, notify: true } });
  assertEquals(job.notificationLimits(), { cpuRate });

  // Another rate is watched as the one before.
  await limits("--cpu-rate", "25%");
  assertEquals(job.limits(), { cpu: { hardCap: 25, notify: true } });
  await limits("--cpu-rate", "none", "--notify-cpu-rate", "none");
  assertEquals([job.limits(), job.notificationLimits()], [{}, {}]);
});
