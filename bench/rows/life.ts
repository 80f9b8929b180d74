/**
 * What a job and its messages cost.
 *
 * @module
 */
import { JOB_OBJECT_MSG } from "../../ffi/constants.ts";
import { check } from "../../ffi/error.ts";
import { OwnedHandle } from "../../ffi/handle.ts";
import { kernel32 } from "../../ffi/library.ts";
import { JobEvents } from "../../job/messages/events.ts";
import { JobObject } from "../../mod.ts";
import { completionPort } from "../../process/io/completion_port.ts";
import { perCall, perTurn, type RowGroup } from "../measure.ts";
import { inC, inGo, type Programs } from "../programs.ts";

const JOBS = 1_000;
const PACKETS = 200_000;
const WAITED = 2_000;

function post(key: bigint, at: number): void {
  const { NEW_PROCESS } = JOB_OBJECT_MSG;
  kernel32.PostQueuedCompletionStatus(completionPort.handle, NEW_PROCESS, key, BigInt(4 * at));
}

/**
 * The rows of a job's life and messages.
 *
 * @param programs The baselines.
 * @returns The rows.
 */
export function lifeRows(programs: Programs): RowGroup {
  const created = kernel32.CreateJobObjectW(null, null);
  const handle = new OwnedHandle(
    check(created, "CreateJobObjectW", "Cannot create a job"),
    "the benchmark's job",
  );
  const events = new JobEvents({
    handle: () => handle.value,
    label: "the benchmark's job",
    violation: () => ({ violated: [] }),
    accounting: () => ({ ActiveProcesses: 0, TotalProcesses: 0 }),
    told: () => {},
    hear: () => {},
  });
  events.listen();
  const key = events.key!;
  const iterator = events.notifications();
  const rows = [
    {
      name: "life",
      work: "`create` and `close`, with kill-on-close and notifications",
      ours: {
        name: "JobObject",
        run: () =>
          perCall(JOBS, () => JobObject.create({ notifications: true, killOnClose: true }).close()),
      },
      baselines: [inC(programs, ["life", JOBS], { name: "C, the bare calls", aim: 1.5 })],
    },
    {
      name: "packets",
      work: "200,000 messages, to an async iterator",
      ours: {
        name: "notifications()",
        run: async () => {
          for (let i = 0; i < PACKETS; i++) post(key, i);
          return await perTurn(PACKETS, () => iterator.next());
        },
      },
      baselines: [
        inC(programs, ["batches", PACKETS], { name: "C, 128 at a time", aim: 1.5 }),
        inC(programs, ["single", PACKETS], { name: "C, one at a time" }),
        ...inGo(programs, PACKETS, 1),
      ],
    },
    {
      name: "waited",
      work: "one message that is waited for",
      ours: {
        name: "notifications()",
        run: async () => {
          let at = 0;
          return await perTurn(WAITED, () => {
            const next = iterator.next();
            post(key, at++);
            return next;
          });
        },
      },
      baselines: [
        inC(programs, ["waited", WAITED], { name: "C, on one thread", aim: 3 }),
        inC(programs, ["handed", WAITED], { name: "C, handed over by a thread" }),
      ],
    },
  ];
  const close = (): void => {
    events.close();
    handle.close();
  };
  return { rows, [Symbol.dispose]: close };
}
