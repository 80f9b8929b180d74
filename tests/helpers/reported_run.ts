/**
 * Runs of the real tool with a record.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import type { RunRecord } from "../../cli/report/record.ts";
import recordSchema from "../../schemas/run-record.schema.json" with { type: "json" };
import { jobbox } from "./jobbox_process.ts";
import { schemaFaults } from "./json_schema.ts";

/** A file for one test, in a folder that is taken away with it. */
export class Folder implements Disposable {
  readonly #path = Deno.makeTempDirSync({ prefix: "jobbox-run-" });

  file(name: string): string {
    return `${this.#path}\\${name}`;
  }

  text(name: string): string {
    return Deno.readTextFileSync(this.file(name));
  }

  record(): RunRecord {
    return JSON.parse(this.text("r.json"));
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.#path, { recursive: true });
  }
}

/** What a run left. */
export interface Reported {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly record: RunRecord;
}

/** Runs with a record, which must fit its schema. */
export async function reported(...args: string[]): Promise<Reported> {
  using folder = new Folder();
  const { code, out, err } = await jobbox(["run", "--report", folder.file("r.json"), ...args]);
  const record = folder.record();
  assertEquals(schemaFaults(JSON.parse(folder.text("r.json")), recordSchema), []);
  assertEquals(record.exitCode, code);
  return { code, out, err, record };
}
