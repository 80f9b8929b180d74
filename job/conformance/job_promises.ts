/**
 * Promises of jobs and of leaving them. Pure.
 *
 * @module
 */
import { PAGES } from "./pages.ts";
import type { WindowsPromise } from "./promise.ts";

/** The promises of jobs and of leaving them. */
export const JOB_PROMISES: readonly WindowsPromise[] = [
  {
    id: "name-taken",
    area: "jobs",
    sentence:
      "CreateJobObjectW with the name of an existing job returns a handle to that job and sets ERROR_ALREADY_EXISTS.",
    source: PAGES.create,
    consequence: "Two programs use the same job, and each believes that it created it.",
    trial: "nameTaken",
    test: "tests/windows/job/kernel_job_test.ts",
  },
  {
    id: "name-case",
    area: "jobs",
    sentence: "Names of jobs are case-sensitive.",
    source: PAGES.create,
    consequence: "A name opens another program's job.",
    trial: "nameCase",
    test: "tests/windows/job/job_object_test.ts",
  },
  {
    id: "name-unknown",
    area: "jobs",
    sentence: "Opening a name that no job has fails with ERROR_FILE_NOT_FOUND.",
    source: PAGES.open,
    consequence:
      "Commands that take a job's name report another error instead of saying that there is no such job.",
    trial: "nameUnknown",
    test: "tests/windows/job/job_object_test.ts",
  },
  {
    id: "name-local",
    area: "jobs",
    sentence: "Local\\NAME and NAME are the same name in the session's namespace.",
    source: PAGES.create,
    consequence: "A name with the prefix means a different job.",
    trial: "nameLocal",
    test: "tests/windows/job/job_object_test.ts",
  },
  {
    id: "name-ends",
    area: "jobs",
    sentence:
      "A job's name disappears when its last handle is closed, even if a process of the job still runs.",
    source: PAGES.chromium,
    consequence: "A closed job can still be opened, and its name stays taken.",
    trial: "nameEnds",
    test: "tools/jobsim/tests/lifetime_tests.c",
  },
  {
    id: "name-length",
    area: "jobs",
    sentence: "A name can have at most MAX_PATH UTF-16 units.",
    source: PAGES.create,
    consequence: "Nothing: jobbox itself refuses longer names.",
    trial: "nameLength",
    test: "tests/windows/job/job_object_test.ts",
  },
  {
    id: "job-rights",
    area: "jobs",
    sentence:
      "Each access right of a job handle allows exactly the calls that it is documented for.",
    source: PAGES.rights,
    consequence: "A handle that was opened only for reading can change or end a job.",
    trial: "jobRights",
    test: "tests/windows/effects/refusals_test.ts",
  },
  {
    id: "assign-rights",
    area: "jobs",
    sentence:
      "Assigning a process requires PROCESS_SET_QUOTA and PROCESS_TERMINATE, and no other right.",
    source: PAGES.assign,
    consequence:
      "attach fails for processes that it could assign, or requests more rights than it needs.",
    trial: "assignRights",
    test: "tests/windows/job/membership_test.ts",
  },
  {
    id: "limited-query",
    area: "jobs",
    sentence: "IsProcessInJob requires only PROCESS_QUERY_LIMITED_INFORMATION.",
    source: PAGES.isInJob,
    consequence: "jobbox repeats the call with PROCESS_QUERY_INFORMATION.",
    trial: "limitedQuery",
    test: "tests/windows/job/membership_test.ts",
  },
  {
    id: "new-job",
    area: "jobs",
    sentence: "A new job has no processes, no limits and zero counters, and is not signaled.",
    source: PAGES.create,
    consequence: "jobbox takes a new job for one that is in use.",
    trial: "newJob",
    test: "tests/windows/job/kernel_job_test.ts",
  },
  {
    id: "short-list",
    area: "jobs",
    sentence:
      "If the buffer for process ids is too small, the query fails with ERROR_MORE_DATA and returns both counts and the ids that fit.",
    source: PAGES.ids,
    consequence: "Lists of processes are incomplete, or jobbox never finishes reading one.",
    trial: "shortList",
    test: "tests/windows/job/membership_test.ts",
  },
  {
    id: "last-handle",
    area: "jobs",
    sentence:
      "Without kill-on-close, processes keep running in their job after its last handle is closed.",
    source: PAGES.jobs,
    consequence: "Closing a job ends processes that should keep running.",
    trial: "lastHandle",
    test: "tests/windows/job/job_object_test.ts",
  },
  {
    id: "kill-on-close",
    area: "jobs",
    sentence:
      "With kill-on-close, the processes end when the last handle is closed, and not earlier.",
    source: PAGES.extended,
    consequence: "A tree outlives its owner.",
    trial: "killOnClose",
    test: "tests/windows/job/job_object_test.ts",
  },
  {
    id: "kill-on-close-inner",
    area: "jobs",
    sentence: "Kill-on-close also ends the processes of jobs nested in the job.",
    source: PAGES.nested,
    consequence: "A tree that creates its own jobs outlives its owner.",
    trial: "killOnCloseInner",
    test: "tools/jobsim/tests/lifetime_tests.c",
  },
  {
    id: "breakaway-refused",
    area: "jobs",
    sentence:
      "CREATE_BREAKAWAY_FROM_JOB fails with ERROR_ACCESS_DENIED unless the job allows breakaway.",
    source: PAGES.basic,
    consequence: "A process escapes from its limits.",
    trial: "breakawayRefused",
    test: "tests/windows/effects/limits_test.ts",
  },
  {
    id: "breakaway-allowed",
    area: "jobs",
    sentence: "With BREAKAWAY_OK, a member can start a process outside the job.",
    source: PAGES.basic,
    consequence: "--breakaway has no effect.",
    trial: "breakawayAllowed",
    test: "tests/windows/effects/limits_test.ts",
  },
  {
    id: "silent-breakaway",
    area: "jobs",
    sentence: "With SILENT_BREAKAWAY_OK, every process that a member starts is outside the job.",
    source: PAGES.basic,
    consequence: "--silent-breakaway has no effect.",
    trial: "silentBreakaway",
    test: "tests/windows/cli/doctor/limit_canaries_test.ts",
  },
];
