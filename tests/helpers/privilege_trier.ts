/** A program with a scoped permission that sets a limit for which Windows may ask a privilege. */
import { JobObject } from "../../job/job_object.ts";

using job = JobObject.create({ limits: { priorityClass: "belowNormal" } });
await Deno.stdout.write(new TextEncoder().encode(job.limits().priorityClass ?? "none"));
