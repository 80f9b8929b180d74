import { assertEquals, assertNotEquals } from "@std/assert";
import { renderMetrics, withRun } from "../../cli/report/metrics.ts";
import { sampleRecord } from "../helpers/run_record.ts";

/** What Prometheus' own tool says about metrics; `undefined` where it is not installed. */
async function promtool(text: string): Promise<{ code: number; said: string } | undefined> {
  const command = new Deno.Command("promtool", {
    args: ["check", "metrics"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(60_000),
  });
  let child: Deno.ChildProcess;
  try {
    child = command.spawn();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    const line = "promtool is not installed (Debian package prometheus): not compared with it\n";
    Deno.stderr.writeSync(new TextEncoder().encode(line));
    return undefined;
  }
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  const { code, stderr, stdout } = await child.output();
  return { code, said: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
}

Deno.test("renderMetrics: promtool check metrics finds nothing", async () => {
  const text = renderMetrics(withRun(undefined, sampleRecord()));
  const result = await promtool(text);
  if (result === undefined) return;
  assertEquals(result, { code: 0, said: "" });
  const wrong = text.replaceAll("jobbox_wall_seconds_total", "jobbox_wall_ms");
  assertNotEquals((await promtool(wrong))?.code, 0);
});
