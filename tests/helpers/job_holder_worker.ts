/** A Worker that opens the job of the name that it is sent, and closes it at the next message. */
import { JobObject } from "../../job/job_object.ts";

const worker = self as unknown as {
  onmessage: (event: MessageEvent<string>) => void;
  postMessage: (message: string) => void;
};

let job: JobObject | undefined;

worker.onmessage = ({ data }) => {
  if (job === undefined) job = JobObject.open(data, { access: ["terminate"] });
  else job.close();
  worker.postMessage("done");
};
