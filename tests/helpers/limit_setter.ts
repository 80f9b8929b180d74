/** A program that opens the job of the given name and changes limits of it. */
import { JobObject } from "../../job/job_object.ts";

using job = JobObject.open(Deno.args[0] ?? "", { access: ["set", "query"] });
job.setLimits({ activeProcesses: 77, cpu: { weight: 9 } });
