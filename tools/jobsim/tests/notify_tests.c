/* Notification limits: classes 12, 13, 33 and 34. */
#include "harness.h"

#define SET(job, number, value) api.SetInformationJobObject(job, number, &(value), sizeof(value))
#define GET(job, number, value) api.QueryInformationJobObject(job, number, &(value), sizeof(value), NULL)
#define MSG JOB_OBJECT_MSG_NOTIFICATION_LIMIT

static void round_trip(void) {
    HANDLE job = api.CreateJobObjectW(NULL, NULL);
    NOTIFY_INFO_2 in = {.IoReadBytesLimit = 1, .IoWriteBytesLimit = 2, .JobHighMemoryLimit = 4 << 20, .JobLowMemoryLimit = 1 << 20,
                        .CpuTolerance = 2, .CpuInterval = 3, .IoTolerance = 1, .IoInterval = 2, .LimitFlags = 0x1F8204};
    NOTIFY_INFO_2 out;
    JOBOBJECT_NOTIFICATION_LIMIT_INFORMATION old = {.LimitFlags = LIM_CPU_TOLERANCE}, back;
    in.PerJobUserTimeLimit.QuadPart = 3;
    CHECK(SET(job, CLS_NOTIFY_2, in));
    CHECK(GET(job, CLS_NOTIFY_2, out));
    in.NetTolerance = 3, in.NetInterval = 1; /* left out: High and Short */
    EQUAL(memcmp(&in, &out, sizeof in), 0);
    CHECK(GET(job, CLS_NOTIFY, back));
    EQUAL(back.LimitFlags, 0x70204);
    EQUAL(back.IoWriteBytesLimit, 2);
    CHECK(SET(job, CLS_NOTIFY, old));
    CHECK(GET(job, CLS_NOTIFY, back));
    EQUAL(back.RateControlTolerance, 3);
    EQUAL(back.RateControlToleranceInterval, 1);
    EQUAL(back.IoReadBytesLimit, 0);
    old.LimitFlags = LIM_MEMORY_LOW;
    REFUSED(SET(job, CLS_NOTIFY, old), ERROR_INVALID_PARAMETER);
    old.LimitFlags = LIM_CPU_TOLERANCE, old.RateControlTolerance = 4;
    REFUSED(SET(job, CLS_NOTIFY, old), ERROR_INVALID_PARAMETER);
    in.LimitFlags = 1;
    REFUSED(SET(job, CLS_NOTIFY_2, in), ERROR_INVALID_PARAMETER);
    api.CloseHandle(job);
}

static void bytes_and_rearm(void) {
    RIG rig;
    MESSAGE m;
    JOBOBJECT_NOTIFICATION_LIMIT_INFORMATION in = {.LimitFlags = LIM_READ_BYTES | LIM_WRITE_BYTES, .IoReadBytesLimit = 100, .IoWriteBytesLimit = 1000};
    JOBOBJECT_LIMIT_VIOLATION_INFORMATION out;
    CHECK(rig_open(&rig));
    CHECK(SET(rig.job, CLS_NOTIFY, in));
    CHECK(api.JobsimChargeIo(rig.job, 100, 0, 1234));
    CHECK(!next_message(rig.port, &m, 50)); /* at the limit, not past it */
    CHECK(api.JobsimChargeIo(rig.job, 50, 0, 1234));
    CHECK(next_message(rig.port, &m, HANG));
    EQUAL(m.message, MSG);
    EQUAL(m.pid, 1234);
    CHECK(api.JobsimChargeIo(rig.job, 50, 0, 1234));
    CHECK(!next_message(rig.port, &m, 50)); /* not before the query */
    CHECK(GET(rig.job, CLS_VIOLATION, out));
    EQUAL(out.LimitFlags, LIM_READ_BYTES | LIM_WRITE_BYTES);
    EQUAL(out.ViolationLimitFlags, LIM_READ_BYTES);
    EQUAL(out.IoReadBytes, 200);
    EQUAL(out.IoReadBytesLimit, 100);
    EQUAL(out.IoWriteBytes, 0);
    CHECK(GET(rig.job, CLS_VIOLATION, out));
    EQUAL(out.ViolationLimitFlags, LIM_READ_BYTES); /* all that are exceeded at the time of the query */
    CHECK(api.JobsimChargeIo(rig.job, 1, 2000, 99));
    CHECK(next_message(rig.port, &m, HANG));
    EQUAL(m.pid, 99);
    CHECK(GET(rig.job, CLS_VIOLATION, out));
    EQUAL(out.ViolationLimitFlags, LIM_READ_BYTES | LIM_WRITE_BYTES);
    in.LimitFlags = 0;
    CHECK(SET(rig.job, CLS_NOTIFY, in));
    CHECK(api.JobsimChargeIo(rig.job, 1, 2000, 99));
    CHECK(!next_message(rig.port, &m, 50));
    rig_close(&rig);
}

static void memory_crossings(void) {
    RIG rig;
    CHILD child;
    MESSAGE m;
    NOTIFY_INFO_2 in = {.LimitFlags = JOB_OBJECT_LIMIT_JOB_MEMORY | LIM_MEMORY_LOW, .JobHighMemoryLimit = 50 << 20, .JobLowMemoryLimit = 30 << 20};
    VIOLATION_INFO_2 out;
    HANDLE event = CreateEventW(NULL, FALSE, FALSE, L"jobsim-test-wave");
    CHECK(rig_open(&rig));
    CHECK(SET(rig.job, CLS_NOTIFY_2, in));
    CHECK(child_in(rig.job, L"waves 80 jobsim-test-wave", &child));
    CHECK(await_message(rig.port, MSG, &m, HANG));
    EQUAL(m.pid, child.pid);
    CHECK(GET(rig.job, CLS_VIOLATION_2, out));
    EQUAL(out.ViolationLimitFlags, JOB_OBJECT_LIMIT_JOB_MEMORY);
    BETWEEN(out.JobMemory >> 20, 50, 120);
    EQUAL(out.JobHighMemoryLimit, 50 << 20);
    CHECK(!next_message(rig.port, &m, 200)); /* it stays above: not a second crossing */
    SetEvent(event);
    CHECK(await_message(rig.port, MSG, &m, HANG));
    CHECK(GET(rig.job, CLS_VIOLATION_2, out));
    EQUAL(out.ViolationLimitFlags, LIM_MEMORY_LOW);
    CHECK(out.JobMemory < 30 << 20);
    SetEvent(event);
    CHECK(await_message(rig.port, MSG, &m, HANG)); /* up again, and left unqueried */
    SetEvent(event);
    CHECK(!next_message(rig.port, &m, 300)); /* down again: not reported */
    CHECK(GET(rig.job, CLS_VIOLATION_2, out));
    EQUAL(out.ViolationLimitFlags, JOB_OBJECT_LIMIT_JOB_MEMORY | LIM_MEMORY_LOW);
    drop_child(&child);
    rig_close(&rig);
    api.CloseHandle(event);
}

static void time_counts_from_used(void) {
    RIG rig;
    CHILD child;
    MESSAGE m;
    JOBOBJECT_NOTIFICATION_LIMIT_INFORMATION in = {.LimitFlags = JOB_OBJECT_LIMIT_JOB_TIME};
    JOBOBJECT_LIMIT_VIOLATION_INFORMATION out;
    LONGLONG before;
    CHECK(rig_open(&rig));
    CHECK(child_in(rig.job, L"spin 300", &child));
    EQUAL(exit_code(&child, HANG), 0);
    drop_child(&child);
    CHECK(await_message(rig.port, JOB_OBJECT_MSG_ACTIVE_PROCESS_ZERO, &m, HANG));
    before = user_time(rig.job);
    CHECK(before > 2000000);
    in.PerJobUserTimeLimit.QuadPart = 2000000;
    CHECK(SET(rig.job, CLS_NOTIFY, in));
    CHECK(child_in(rig.job, L"spin 60000", &child));
    CHECK(await_message(rig.port, MSG, &m, HANG));
    EQUAL(m.pid, child.pid);
    EQUAL(WaitForSingleObject(child.process, 0), WAIT_TIMEOUT); /* it only notifies */
    CHECK(GET(rig.job, CLS_VIOLATION, out));
    EQUAL(out.ViolationLimitFlags, JOB_OBJECT_LIMIT_JOB_TIME);
    EQUAL(out.PerJobUserTimeLimit.QuadPart, before + 2000000);
    BETWEEN(out.PerJobUserTime.QuadPart, before + 2000000, before + 4500000);
    drop_child(&child);
    rig_close(&rig);
}

static void rate_tolerance(void) {
    RIG rig;
    CHILD child;
    MESSAGE m;
    CPU_RATE_INFO cpu = {CPU_ENABLE | CPU_HARD_CAP, {500}};
    JOBOBJECT_NOTIFICATION_LIMIT_INFORMATION in = {.LimitFlags = LIM_CPU_TOLERANCE, .RateControlTolerance = 2, .RateControlToleranceInterval = 1};
    JOBOBJECT_LIMIT_VIOLATION_INFORMATION out;
    CHECK(api.JobsimSetTimeScale(0.1)); /* 10 s are 1 s */
    CHECK(rig_open(&rig));
    CHECK(SET(rig.job, CLS_CPU_RATE, cpu));
    CHECK(SET(rig.job, CLS_NOTIFY, in));
    CHECK(child_in(rig.job, L"spin 60000", &child));
    EQUAL(count_messages(rig.port, MSG, 1200), 0); /* without CPU_NOTIFY no message */
    cpu.ControlFlags |= CPU_NOTIFY;
    CHECK(SET(rig.job, CLS_CPU_RATE, cpu));
    CHECK(await_message(rig.port, MSG, &m, HANG));
    CHECK(GET(rig.job, CLS_VIOLATION, out));
    EQUAL(out.ViolationLimitFlags, LIM_CPU_TOLERANCE);
    EQUAL(out.RateControlTolerance, 2);
    EQUAL(out.RateControlToleranceLimit, 2);
    CHECK(await_message(rig.port, MSG, &m, HANG)); /* re-armed, and it continues */
    drop_child(&child);
    rig_close(&rig);
    CHECK(api.JobsimSetTimeScale(1));
    REFUSED(api.JobsimSetTimeScale(0), ERROR_INVALID_PARAMETER);
}

static void quiet_job_is_not_told(void) {
    RIG rig;
    CHILD child;
    CPU_RATE_INFO cpu = {CPU_ENABLE | CPU_NOTIFY | CPU_HARD_CAP, {5000}};
    JOBOBJECT_NOTIFICATION_LIMIT_INFORMATION in = {.LimitFlags = LIM_CPU_TOLERANCE, .RateControlTolerance = 1, .RateControlToleranceInterval = 1};
    CHECK(api.JobsimSetTimeScale(0.05));
    CHECK(rig_open(&rig));
    CHECK(SET(rig.job, CLS_CPU_RATE, cpu));
    CHECK(SET(rig.job, CLS_NOTIFY, in));
    CHECK(child_in(rig.job, L"sleep 60000", &child));
    EQUAL(count_messages(rig.port, MSG, 1500), 0);
    drop_child(&child);
    rig_close(&rig);
    CHECK(api.JobsimSetTimeScale(1));
}

static void io_tolerance(void) {
    RIG rig;
    MESSAGE m;
    IO_RATE_INFO rate = {.MaxBandwidth = 1000, .ControlFlags = 1};
    NOTIFY_INFO_2 in = {.LimitFlags = LIM_IO_TOLERANCE, .IoTolerance = 1, .IoInterval = 1};
    VIOLATION_INFO_2 out;
    CHECK(api.JobsimSetTimeScale(0.1));
    CHECK(rig_open(&rig));
    CHECK(api.SetIoRateControlInformationJobObject(rig.job, &rate));
    CHECK(SET(rig.job, CLS_NOTIFY_2, in));
    CHECK(api.JobsimChargeIo(rig.job, 2000, 0, 8)); /* two seconds' worth in a second's interval */
    CHECK(await_message(rig.port, MSG, &m, HANG));
    CHECK(GET(rig.job, CLS_VIOLATION_2, out));
    EQUAL(out.ViolationLimitFlags, LIM_IO_TOLERANCE);
    EQUAL(out.IoToleranceLimit, 1);
    BETWEEN(out.IoTolerance, 1, 3);
    rig_close(&rig);
    CHECK(api.JobsimSetTimeScale(1));
}

const ENTRY notifyTests[] = {
    {"classes 12 and 33: every field is read back, defaults High and Short", round_trip},
    {"class 13: bytes, one message until the query, then again", bytes_and_rearm},
    {"class 34: memory above and below, by crossings", memory_crossings},
    {"class 12: user time counts from what was used", time_counts_from_used},
    {"rate tolerance: told after its share of the interval, re-armed by the query", rate_tolerance},
    {"rate tolerance: a job below its rate is not told", quiet_job_is_not_told},
    {"I/O rate tolerance: charges past the rate are told", io_tolerance},
    {NULL, NULL}};
