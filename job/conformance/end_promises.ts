/**
 * Promises of ends and of messages. Pure.
 *
 * @module
 */
import { PAGES } from "./pages.ts";
import type { WindowsPromise } from "./promise.ts";

/** The promises of ends and of messages. */
export const END_PROMISES: readonly WindowsPromise[] = [
  {
    id: "terminate-code",
    area: "ends",
    sentence: "TerminateJobObject ends every process with the given exit code.",
    source: PAGES.terminate,
    consequence: "kill and timeouts leave processes running or report a wrong code.",
    trial: "terminateCode",
    test: "tests/windows/job/job_object_test.ts",
  },
  {
    id: "terminate-count",
    area: "ends",
    sentence:
      "ActiveProcesses is 0 when TerminateJobObject returns, even if processes are still ending.",
    source: PAGES.processWrap,
    consequence: "Nothing: wait() also waits for the handles of the processes.",
    trial: "terminateCount",
    test: "tests/windows/job/ends/job_ends_test.ts",
    open: true,
    timing: ["kept", "different"],
  },
  {
    id: "terminate-pending",
    area: "ends",
    sentence: "Processes may still be ending when TerminateJobObject returns.",
    source: PAGES.processWrap,
    consequence: "Nothing: wait() waits for the handles of the processes.",
    trial: "terminatePending",
    test: "tests/windows/job/ends/job_ends_test.ts",
    timing: ["kept", "different"],
  },
  {
    id: "terminate-signal",
    area: "ends",
    sentence: "Terminating the processes of a job does not signal the job.",
    source: PAGES.procgov,
    consequence: "Nothing: jobbox does not wait for the job object to be signaled.",
    trial: "terminateSignal",
    test: "tools/jobsim/tests/end_tests.c",
  },
  {
    id: "terminate-messages",
    area: "ends",
    sentence:
      "TerminateJobObject posts ACTIVE_PROCESS_ZERO, but no EXIT_PROCESS for the processes that it ends.",
    source: PAGES.procgov,
    consequence:
      "Nothing: each end appears once in the events. Without a message jobbox reports the end when the handle is signaled.",
    trial: "terminateMessages",
    test: "tests/windows/effects/tree_test.ts",
    open: true,
  },
  {
    id: "self-end",
    area: "ends",
    sentence:
      "A process that ends by itself posts NEW_PROCESS, EXIT_PROCESS and ACTIVE_PROCESS_ZERO, in this order.",
    source: PAGES.port,
    consequence: "Events are incomplete or in a different order.",
    trial: "selfEnd",
    test: "tests/windows/job/messages/events_test.ts",
  },
  {
    id: "self-end-signal",
    area: "ends",
    sentence: "A job is not signaled when its last process ends by itself.",
    source: PAGES.jobs,
    consequence: "Nothing: jobbox does not wait for the job object to be signaled.",
    trial: "selfEndSignal",
    test: "tools/jobsim/tests/end_tests.c",
  },
  {
    id: "zero-again",
    area: "ends",
    sentence: "ACTIVE_PROCESS_ZERO is posted each time the number of processes drops to 0.",
    source: PAGES.port,
    consequence: "wait() returns later: when it next checks the number.",
    trial: "zeroAgain",
    test: "tests/windows/effects/empty_job_test.ts",
  },
  {
    id: "abnormal",
    area: "ends",
    sentence:
      "ABNORMAL_EXIT_PROCESS is posted for the listed exit codes, EXIT_PROCESS for all others.",
    source: PAGES.port,
    consequence:
      "Events report a crash as a normal end or the reverse; exit codes and verdicts are still right.",
    trial: "abnormal",
    test: "tools/jobsim/tests/message_tests.c",
  },
  {
    id: "new-at-once",
    area: "ends",
    sentence: "NEW_PROCESS has been posted when AssignProcessToJobObject returns.",
    source: PAGES.wineTests,
    consequence: "Nothing: jobbox does not depend on when the message arrives.",
    trial: "newAtOnce",
    test: "tools/jobsim/tests/message_tests.c",
    timing: ["kept", "different"],
  },
  {
    id: "exit-at-once",
    area: "ends",
    sentence: "EXIT_PROCESS has been posted when the process's handle is signaled.",
    source: PAGES.wineTests,
    consequence: "Nothing: a child's status waits for both.",
    trial: "exitAtOnce",
    test: "tests/windows/process/exit/exit_watch_test.ts",
    timing: ["kept", "different"],
  },
  {
    id: "count-at-end",
    area: "ends",
    sentence:
      "A process that ended by itself is no longer counted as active when its handle is signaled.",
    source: PAGES.nobody,
    consequence: "wait() returns slightly later.",
    trial: "countAtEnd",
    test: "tests/windows/effects/waiting_test.ts",
    open: true,
    timing: ["kept", "different"],
  },
  {
    id: "closed-port",
    area: "ends",
    sentence:
      "After the last handle of a job is closed, its port gets no more messages about processes that keep running.",
    source: PAGES.nobody,
    consequence:
      "Nothing: the end of a child of a closed job is noticed by a message or by its handle.",
    trial: "closedPort",
    test: "tests/windows/job/job_object_test.ts",
    open: true,
  },
  {
    id: "killed-port",
    area: "ends",
    sentence: "Processes that kill-on-close ends cause no messages.",
    source: PAGES.nobody,
    consequence: "Nothing: jobbox does not read messages of a closed job.",
    trial: "killedPort",
    test: "tests/windows/job/job_object_test.ts",
    open: true,
  },
  {
    id: "late-port",
    area: "messages",
    sentence:
      "When a port is associated with a job, it gets a NEW_PROCESS message for each process already in the job.",
    source: PAGES.port,
    consequence: "Events of an opened job lack its first processes.",
    trial: "latePort",
    test: "tests/windows/job/messages/events_test.ts",
  },
  {
    id: "no-port",
    area: "messages",
    sentence: "Setting a NULL port removes the association; another port can then be set.",
    source: PAGES.port,
    consequence: "If the listener of a job has ended, the job cannot get another one.",
    trial: "noPort",
    test: "tools/jobsim/tests/message_tests.c",
  },
  {
    id: "second-port",
    area: "messages",
    sentence: "Setting a second port fails with ERROR_INVALID_PARAMETER.",
    source: PAGES.wineTests,
    consequence: "A second listener takes the messages of the first.",
    trial: "secondPort",
    test: "tests/windows/job/messages/events_test.ts",
    open: true,
  },
  {
    id: "message-ids",
    area: "messages",
    sentence: "Messages carry the job's completion key, and messages about a process carry its id.",
    source: PAGES.port,
    consequence: "Messages are attributed to the wrong job or process.",
    trial: "messageIds",
    test: "tests/windows/job/messages/events_test.ts",
  },
];
