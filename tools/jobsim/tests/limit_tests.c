/* Classes are set and read back; their errors, and the order of the errors. */
#include "harness.h"

#define SET(job, number, value) api.SetInformationJobObject(job, number, &(value), sizeof(value))
#define GET(job, number, value) api.QueryInformationJobObject(job, number, &(value), sizeof(value), NULL)

static void version(void) { CHECK(api.JobsimVersion() != 0); }

static void extended_round_trip(void) {
    HANDLE job = api.CreateJobObjectW(NULL, NULL);
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION in = {0}, out;
    DWORD length = 0;
    in.BasicLimitInformation.LimitFlags = 0x7FFF & ~JOB_OBJECT_LIMIT_PRESERVE_JOB_TIME & ~JOB_OBJECT_LIMIT_SUBSET_AFFINITY;
    in.BasicLimitInformation.PerProcessUserTimeLimit.QuadPart = 11;
    in.BasicLimitInformation.PerJobUserTimeLimit.QuadPart = 12;
    in.BasicLimitInformation.MinimumWorkingSetSize = 1 << 20;
    in.BasicLimitInformation.MaximumWorkingSetSize = 2 << 20;
    in.BasicLimitInformation.ActiveProcessLimit = 13;
    in.BasicLimitInformation.Affinity = 1;
    in.BasicLimitInformation.PriorityClass = IDLE_PRIORITY_CLASS;
    in.BasicLimitInformation.SchedulingClass = 4;
    in.ProcessMemoryLimit = (5 << 20) + 1;
    in.JobMemoryLimit = (6 << 20) + 4095;
    CHECK(SET(job, CLS_EXTENDED_LIMIT, in));
    CHECK(api.QueryInformationJobObject(job, CLS_EXTENDED_LIMIT, &out, sizeof out, &length));
    EQUAL(length, sizeof out);
    EQUAL(out.BasicLimitInformation.LimitFlags, in.BasicLimitInformation.LimitFlags);
    EQUAL(out.BasicLimitInformation.PerProcessUserTimeLimit.QuadPart, 11);
    EQUAL(out.BasicLimitInformation.PerJobUserTimeLimit.QuadPart, 12);
    EQUAL(out.BasicLimitInformation.MinimumWorkingSetSize, 1 << 20);
    EQUAL(out.BasicLimitInformation.MaximumWorkingSetSize, 2 << 20);
    EQUAL(out.BasicLimitInformation.ActiveProcessLimit, 13);
    EQUAL(out.BasicLimitInformation.Affinity, 1);
    EQUAL(out.BasicLimitInformation.PriorityClass, IDLE_PRIORITY_CLASS);
    EQUAL(out.BasicLimitInformation.SchedulingClass, 4);
    EQUAL(out.ProcessMemoryLimit, 5 << 20);
    EQUAL(out.JobMemoryLimit, 6 << 20);
    api.CloseHandle(job);
}

static void basic_replaces_flags(void) {
    HANDLE job = api.CreateJobObjectW(NULL, NULL);
    JOBOBJECT_BASIC_LIMIT_INFORMATION basic = {0};
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION out;
    CHECK(set_flags(job, JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE));
    basic.LimitFlags = JOB_OBJECT_LIMIT_ACTIVE_PROCESS;
    basic.ActiveProcessLimit = 3;
    CHECK(SET(job, CLS_BASIC_LIMIT, basic));
    CHECK(GET(job, CLS_EXTENDED_LIMIT, out));
    EQUAL(out.BasicLimitInformation.LimitFlags, JOB_OBJECT_LIMIT_ACTIVE_PROCESS);
    basic.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
    REFUSED(SET(job, CLS_BASIC_LIMIT, basic), ERROR_INVALID_PARAMETER);
    api.CloseHandle(job);
}

static void limits_refused(void) {
    HANDLE job = api.CreateJobObjectW(NULL, NULL);
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION in = {0}, out;
    JOBOBJECT_BASIC_LIMIT_INFORMATION *basic = &in.BasicLimitInformation;
#define BAD(setup) memset(&in, 0, sizeof in); setup; REFUSED(SET(job, CLS_EXTENDED_LIMIT, in), ERROR_INVALID_PARAMETER)
    BAD(basic->LimitFlags = 0x8000);
    BAD(basic->LimitFlags = JOB_OBJECT_LIMIT_JOB_TIME | JOB_OBJECT_LIMIT_PRESERVE_JOB_TIME);
    BAD(basic->LimitFlags = JOB_OBJECT_LIMIT_SUBSET_AFFINITY);
    BAD(basic->LimitFlags = JOB_OBJECT_LIMIT_WORKINGSET; basic->MaximumWorkingSetSize = 1 << 20);
    BAD(basic->LimitFlags = JOB_OBJECT_LIMIT_WORKINGSET; basic->MinimumWorkingSetSize = 2 << 20; basic->MaximumWorkingSetSize = 1 << 20);
    BAD(basic->LimitFlags = JOB_OBJECT_LIMIT_AFFINITY; basic->Affinity = 1ull << 63);
    BAD(basic->LimitFlags = JOB_OBJECT_LIMIT_PRIORITY_CLASS; basic->PriorityClass = 3);
    BAD(basic->LimitFlags = JOB_OBJECT_LIMIT_SCHEDULING_CLASS; basic->SchedulingClass = 10);
#undef BAD
    CHECK(GET(job, CLS_EXTENDED_LIMIT, out));
    EQUAL(out.BasicLimitInformation.LimitFlags, 0);
    EQUAL(out.BasicLimitInformation.SchedulingClass, 5);
    api.CloseHandle(job);
}

static void preserve_job_time(void) {
    HANDLE job = api.CreateJobObjectW(NULL, NULL);
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION in = {0}, out;
    in.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_JOB_TIME;
    in.BasicLimitInformation.PerJobUserTimeLimit.QuadPart = 777;
    CHECK(SET(job, CLS_EXTENDED_LIMIT, in));
    CHECK(set_flags(job, JOB_OBJECT_LIMIT_PRESERVE_JOB_TIME | JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE));
    CHECK(GET(job, CLS_EXTENDED_LIMIT, out));
    EQUAL(out.BasicLimitInformation.LimitFlags, JOB_OBJECT_LIMIT_JOB_TIME | JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE);
    EQUAL(out.BasicLimitInformation.PerJobUserTimeLimit.QuadPart, 777);
    CHECK(set_flags(job, 0));
    CHECK(GET(job, CLS_EXTENDED_LIMIT, out));
    EQUAL(out.BasicLimitInformation.PerJobUserTimeLimit.QuadPart, 0);
    api.CloseHandle(job);
}

static void precedence(void) {
    HANDLE event = CreateEventW(NULL, FALSE, FALSE, NULL), job = api.CreateJobObjectW(NULL, L"jobsim-test-precedence");
    HANDLE weak = api.OpenJobObjectW(JOB_OBJECT_QUERY, FALSE, L"jobsim-test-precedence");
    BYTE buffer[200] = {0};
    DWORD flags = 0x8000;
    CHECK(job && weak);
    REFUSED(api.SetInformationJobObject(NULL, 53, buffer, 1), ERROR_INVALID_PARAMETER);
    REFUSED(api.SetInformationJobObject(NULL, 0, buffer, 1), ERROR_INVALID_PARAMETER);
    REFUSED(api.SetInformationJobObject(NULL, CLS_BASIC_ACCOUNTING, buffer, 1), ERROR_INVALID_PARAMETER);
    REFUSED(api.QueryInformationJobObject(job, CLS_PORT, buffer, 16, NULL), ERROR_INVALID_PARAMETER);
    REFUSED(api.SetInformationJobObject(NULL, CLS_EXTENDED_LIMIT, buffer, 143), ERROR_BAD_LENGTH);
    REFUSED(api.QueryInformationJobObject(NULL, CLS_EXTENDED_LIMIT, buffer, 143, NULL), ERROR_BAD_LENGTH);
    REFUSED(api.QueryInformationJobObject(job, CLS_BASIC_ACCOUNTING, buffer, 47, NULL), ERROR_BAD_LENGTH);
    REFUSED(api.QueryInformationJobObject(job, CLS_PROCESS_IDS, buffer, 8, NULL), ERROR_BAD_LENGTH);
    memcpy(buffer + 16, &flags, 4);
    REFUSED(api.SetInformationJobObject(NULL, CLS_EXTENDED_LIMIT, buffer, 144), ERROR_INVALID_HANDLE);
    REFUSED(api.SetInformationJobObject(event, CLS_EXTENDED_LIMIT, buffer, 144), ERROR_INVALID_HANDLE);
    REFUSED(api.SetInformationJobObject((HANDLE)0x7770, CLS_EXTENDED_LIMIT, buffer, 144), ERROR_INVALID_HANDLE);
    REFUSED(api.SetInformationJobObject(weak, CLS_EXTENDED_LIMIT, buffer, 144), ERROR_ACCESS_DENIED);
    REFUSED(api.SetInformationJobObject(job, CLS_EXTENDED_LIMIT, buffer, 144), ERROR_INVALID_PARAMETER);
    REFUSED(api.TerminateJobObject(weak, 1), ERROR_ACCESS_DENIED);
    REFUSED(api.AssignProcessToJobObject(weak, GetCurrentProcess()), ERROR_ACCESS_DENIED);
    REFUSED(api.QueryInformationJobObject(NULL, CLS_EXTENDED_LIMIT, buffer, 144, NULL), ERROR_ACCESS_DENIED);
    api.CloseHandle(weak);
    REFUSED(api.QueryInformationJobObject(weak, CLS_EXTENDED_LIMIT, buffer, 144, NULL), ERROR_INVALID_HANDLE);
    api.CloseHandle(job);
    api.CloseHandle(event);
}

static void small_classes(void) {
    HANDLE job = api.CreateJobObjectW(NULL, NULL);
    DWORD ui = 0xFF, bad = 0x8000, action = 1, out = 0, filter = 0x10, too = 2;
    CHECK(SET(job, CLS_UI, ui));
    CHECK(GET(job, CLS_UI, out));
    EQUAL(out, 0xFF);
    REFUSED(SET(job, CLS_UI, bad), ERROR_INVALID_PARAMETER);
    CHECK(GET(job, CLS_END_OF_JOB, out));
    EQUAL(out, 0);
    CHECK(SET(job, CLS_END_OF_JOB, action));
    CHECK(GET(job, CLS_END_OF_JOB, out));
    EQUAL(out, 1);
    REFUSED(SET(job, CLS_END_OF_JOB, too), ERROR_INVALID_PARAMETER);
    CHECK(SET(job, CLS_FILTER, filter));
    CHECK(GET(job, CLS_FILTER, out));
    EQUAL(out, 0x10);
    REFUSED(SET(job, CLS_FILTER, action), ERROR_INVALID_PARAMETER);
    CHECK(GET(job, CLS_JOB_SET, out));
    EQUAL(out, 0);
    REFUSED(api.SetInformationJobObject(job, 35, NULL, 0), ERROR_NOT_SUPPORTED);
    api.CloseHandle(job);
}

static BOOL cpu(HANDLE job, DWORD flags, DWORD value) {
    CPU_RATE_INFO info = {flags, {value}};
    return SET(job, CLS_CPU_RATE, info);
}

static void cpu_rate_pairs(void) {
    HANDLE job = api.CreateJobObjectW(NULL, NULL);
    CPU_RATE_INFO out;
    REFUSED(cpu(job, 0, 0), ERROR_INVALID_PARAMETER); /* never enabled */
    CHECK(cpu(job, CPU_ENABLE | CPU_HARD_CAP, 2500));
    CHECK(GET(job, CLS_CPU_RATE, out));
    EQUAL(out.ControlFlags, 5);
    EQUAL(out.u.CpuRate, 2500);
    REFUSED(cpu(job, CPU_ENABLE | CPU_HARD_CAP, 0), ERROR_INVALID_PARAMETER);
    REFUSED(cpu(job, CPU_ENABLE | CPU_HARD_CAP, 10001), ERROR_INVALID_PARAMETER);
    REFUSED(cpu(job, CPU_ENABLE, 0), ERROR_INVALID_PARAMETER);
    REFUSED(cpu(job, CPU_HARD_CAP, 100), ERROR_INVALID_PARAMETER);
    REFUSED(cpu(job, CPU_ENABLE | CPU_WEIGHT, 0), ERROR_INVALID_PARAMETER);
    REFUSED(cpu(job, CPU_ENABLE | CPU_WEIGHT, 10), ERROR_INVALID_PARAMETER);
    REFUSED(cpu(job, CPU_ENABLE | CPU_WEIGHT | CPU_HARD_CAP, 5), ERROR_INVALID_PARAMETER);
    REFUSED(cpu(job, CPU_ENABLE | CPU_WEIGHT | CPU_MIN_MAX, 5), ERROR_INVALID_PARAMETER);
    REFUSED(cpu(job, CPU_ENABLE | CPU_HARD_CAP | CPU_MIN_MAX, 5), ERROR_INVALID_PARAMETER);
    REFUSED(cpu(job, CPU_ENABLE | CPU_MIN_MAX, 200 | 100 << 16), ERROR_INVALID_PARAMETER);
    REFUSED(cpu(job, CPU_ENABLE | CPU_MIN_MAX, 10001u << 16), ERROR_INVALID_PARAMETER);
    REFUSED(cpu(job, 0x40 | CPU_ENABLE, 5), ERROR_INVALID_PARAMETER);
    CHECK(GET(job, CLS_CPU_RATE, out));
    EQUAL(out.u.CpuRate, 2500);
    CHECK(cpu(job, CPU_ENABLE | CPU_WEIGHT, 9));
    CHECK(cpu(job, CPU_ENABLE, 5000));
    CHECK(cpu(job, CPU_ENABLE | CPU_MIN_MAX | CPU_NOTIFY, 100 | 2000 << 16));
    CHECK(GET(job, CLS_CPU_RATE, out));
    EQUAL(out.u.MinMax.MinRate, 100);
    EQUAL(out.u.MinMax.MaxRate, 2000);
    CHECK(cpu(job, 0, 0));
    CHECK(GET(job, CLS_CPU_RATE, out));
    EQUAL(out.ControlFlags, 0);
    api.CloseHandle(job);
}

static void net_rate(void) {
    HANDLE job = api.CreateJobObjectW(NULL, NULL);
    NET_RATE_INFO in = {.MaxBandwidth = 1000, .ControlFlags = 7, .DscpTag = 63}, out;
    CHECK(SET(job, CLS_NET_RATE, in));
    CHECK(GET(job, CLS_NET_RATE, out));
    EQUAL(out.MaxBandwidth, 1000);
    EQUAL(out.ControlFlags, 7);
    EQUAL(out.DscpTag, 63);
    in.DscpTag = 64;
    REFUSED(SET(job, CLS_NET_RATE, in), ERROR_INVALID_PARAMETER);
    in.DscpTag = 1, in.ControlFlags = 6;
    REFUSED(SET(job, CLS_NET_RATE, in), ERROR_INVALID_PARAMETER);
    in.ControlFlags = 0;
    CHECK(SET(job, CLS_NET_RATE, in));
    CHECK(GET(job, CLS_NET_RATE, out));
    EQUAL(out.MaxBandwidth, 0);
    api.CloseHandle(job);
}

static void io_rate(void) {
    HANDLE job = api.CreateJobObjectW(NULL, NULL);
    IO_RATE_INFO in = {.MaxIops = 100, .MaxBandwidth = 4096, .ControlFlags = 1}, *out = NULL;
    IO_RATE_NATIVE native;
    ULONG count = 9;
    CHECK(api.QueryIoRateControlInformationJobObject(job, NULL, &out, &count));
    EQUAL(count, 0);
    CHECK(api.SetIoRateControlInformationJobObject(job, &in));
    in.VolumeName = L"\\Device\\HarddiskVolume3", in.MaxIops = 7;
    CHECK(api.SetIoRateControlInformationJobObject(job, &in));
    CHECK(api.QueryIoRateControlInformationJobObject(job, NULL, &out, &count));
    EQUAL(count, 2);
    EQUAL(out[0].MaxIops, 100);
    CHECK(!out[0].VolumeName);
    EQUAL(out[1].MaxIops, 7);
    EQUAL(lstrcmpW(out[1].VolumeName, in.VolumeName), 0);
    CHECK(out[1].BaseIoSize != 0);
    api.FreeMemoryJobObject(out);
    CHECK(GET(job, CLS_IO_RATE, native));
    EQUAL(native.MaxIops, 100);
    in.BaseIoSize = 4096;
    REFUSED(api.SetIoRateControlInformationJobObject(job, &in), ERROR_INVALID_PARAMETER);
    in.BaseIoSize = 0, in.ControlFlags = 0x11;
    REFUSED(api.SetIoRateControlInformationJobObject(job, &in), ERROR_INVALID_PARAMETER);
    in.ControlFlags = 0;
    CHECK(api.SetIoRateControlInformationJobObject(job, &in));
    in.VolumeName = NULL;
    CHECK(api.SetIoRateControlInformationJobObject(job, &in));
    CHECK(api.QueryIoRateControlInformationJobObject(job, NULL, &out, &count));
    EQUAL(count, 0);
    REFUSED(api.SetIoRateControlInformationJobObject((HANDLE)0x7770, &in), ERROR_INVALID_HANDLE);
    api.CloseHandle(job);
}

static void attribution(void) {
    HANDLE job = api.CreateJobObjectW(NULL, NULL);
    ATTRIBUTION_INFO info = {0};
    REFUSED(GET(job, CLS_IO_ATTRIBUTION, info), ERROR_NOT_FOUND);
    CHECK(api.JobsimChargeIo(job, 5, 5, 0));
    REFUSED(SET(job, CLS_IO_ATTRIBUTION, info), ERROR_INVALID_PARAMETER);
    info.ControlFlags = 1;
    CHECK(SET(job, CLS_IO_ATTRIBUTION, info));
    CHECK(api.JobsimChargeIo(job, 100, 0, 0));
    CHECK(api.JobsimChargeIo(job, 50, 7, 0));
    CHECK(GET(job, CLS_IO_ATTRIBUTION, info));
    EQUAL(info.ReadStats.IoCount, 2);
    EQUAL(info.ReadStats.TotalSize, 150);
    EQUAL(info.WriteStats.IoCount, 1);
    EQUAL(info.WriteStats.TotalSize, 7);
    api.CloseHandle(job);
}

static void groups(void) {
    HANDLE job = api.CreateJobObjectW(NULL, NULL);
    GROUP_AFFINITY one = {.Mask = 1}, out = {0};
    DWORD length = 0;
    USHORT group = 0, wrong = 9;
    REFUSED(api.QueryInformationJobObject(job, CLS_GROUPS_EX, &out, 8, &length), ERROR_INSUFFICIENT_BUFFER);
    EQUAL(length, 16);
    CHECK(GET(job, CLS_GROUPS_EX, out));
    CHECK(out.Mask != 0);
    CHECK(SET(job, CLS_GROUPS_EX, one));
    CHECK(GET(job, CLS_GROUPS_EX, out));
    EQUAL(out.Mask, 1);
    one.Group = 5;
    REFUSED(SET(job, CLS_GROUPS_EX, one), ERROR_INVALID_PARAMETER);
    one.Group = 0, one.Reserved[1] = 1;
    REFUSED(SET(job, CLS_GROUPS_EX, one), ERROR_INVALID_PARAMETER);
    REFUSED(api.SetInformationJobObject(job, CLS_GROUPS_EX, &one, 15), ERROR_BAD_LENGTH);
    CHECK(api.SetInformationJobObject(job, CLS_GROUPS_EX, NULL, 0));
    CHECK(SET(job, CLS_GROUPS, group));
    REFUSED(SET(job, CLS_GROUPS, wrong), ERROR_INVALID_PARAMETER);
    api.CloseHandle(job);
}

static void grant_access(void) {
    HANDLE job = api.CreateJobObjectW(NULL, NULL);
    CHECK(api.UserHandleGrantAccess((HANDLE)0x10010, job, TRUE));
    REFUSED(api.UserHandleGrantAccess((HANDLE)0x10010, NULL, TRUE), ERROR_INVALID_HANDLE);
    REFUSED(api.UserHandleGrantAccess(NULL, job, TRUE), ERROR_INVALID_WINDOW_HANDLE);
    api.CloseHandle(job);
}

const ENTRY limitTests[] = {
    {"JobsimVersion: is there", version},
    {"class 9: every limit is read back, memory in pages", extended_round_trip},
    {"class 2: replaces the flags of class 9", basic_replaces_flags},
    {"class 9: wrong limits are refused and nothing is changed", limits_refused},
    {"class 9: PRESERVE_JOB_TIME keeps the job time", preserve_job_time},
    {"errors: class, then size, then handle, then content", precedence},
    {"classes 4, 6, 16, 10, 35: values and refusals", small_classes},
    {"class 15: valid and invalid pairs", cpu_rate_pairs},
    {"class 32: network rate", net_rate},
    {"I/O rate functions and class 31", io_rate},
    {"class 42: 1168 until enabled, then counts", attribution},
    {"classes 11 and 14: groups, 122 with the length", groups},
    {"UserHandleGrantAccess: checks its handles", grant_access},
    {NULL, NULL}};
