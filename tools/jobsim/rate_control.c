/* Classes 15, 31, 32 and 42, the I/O rate functions, and the charge by which a test does I/O. */
#include "jobsim.h"

/* Newer flags exist from Windows 11 24H2 on. */
static DWORD valid_cpu_flags(void) { return windowsBuild >= 26100 ? 0x3F : 0x1F; }

static DWORD check_cpu(const CPU_RATE_INFO *info) {
    DWORD flags = info->ControlFlags;
    int modes = !!(flags & CPU_WEIGHT) + !!(flags & CPU_HARD_CAP) + !!(flags & CPU_MIN_MAX);
    if ((flags & ~valid_cpu_flags()) || !(flags & CPU_ENABLE) || modes > 1) return ERROR_INVALID_PARAMETER;
    if (flags & CPU_WEIGHT) return info->u.Weight >= 1 && info->u.Weight <= 9 ? 0 : ERROR_INVALID_PARAMETER;
    if (flags & CPU_MIN_MAX) {
        WORD low = info->u.MinMax.MinRate, high = info->u.MinMax.MaxRate;
        return high >= 1 && high <= 10000 && low <= high ? 0 : ERROR_INVALID_PARAMETER;
    }
    return info->u.CpuRate >= 1 && info->u.CpuRate <= 10000 ? 0 : ERROR_INVALID_PARAMETER;
}

DWORD set_cpu(int index, const CPU_RATE_INFO *info) {
    JOB *job = &registry->jobs[index];
    DWORD minimum = 0, error;
    if (!info->ControlFlags) {
        if (!job->cpuEver) return ERROR_INVALID_PARAMETER;
        memset(&job->cpu, 0, sizeof job->cpu);
        wake_engine(index);
        return ERROR_SUCCESS;
    }
    error = check_cpu(info);
    if (error) return error;
    if (info->ControlFlags & CPU_MIN_MAX) {
        for (int i = 0; i < registry->jobHigh; i++)
            if (i != index && registry->jobs[i].used && (registry->jobs[i].cpu.ControlFlags & CPU_MIN_MAX))
                minimum += registry->jobs[i].cpu.u.MinMax.MinRate;
        if (minimum + info->u.MinMax.MinRate > 10000) return ERROR_INVALID_PARAMETER;
    }
    job->cpu = *info;
    job->cpuEver = TRUE;
    wake_engine(index);
    return ERROR_SUCCESS;
}

/* Only one job of a hierarchy may own the network, or the I/O, rate. */
static BOOL owned_in_hierarchy(int index, BOOL io) {
    for (int i = 0; i < registry->jobHigh; i++) {
        const JOB *job = &registry->jobs[i];
        if (i == index || !job->used || (!is_ancestor(i, index) && !is_ancestor(index, i))) continue;
        if (io ? job->ioCount > 0 : (job->net.ControlFlags & NET_ENABLE) != 0) return TRUE;
    }
    return FALSE;
}

DWORD set_net(int index, const NET_RATE_INFO *info) {
    DWORD flags = info->ControlFlags;
    if ((flags & ~NET_VALID) || (flags && !(flags & NET_ENABLE))) return ERROR_INVALID_PARAMETER;
    if ((flags & NET_DSCP) && info->DscpTag > 63) return ERROR_INVALID_PARAMETER;
    if (flags && owned_in_hierarchy(index, FALSE)) return ERROR_ACCESS_DENIED;
    memset(&registry->jobs[index].net, 0, sizeof registry->jobs[index].net);
    registry->jobs[index].net.ControlFlags = flags;
    if (flags & NET_BANDWIDTH) registry->jobs[index].net.MaxBandwidth = info->MaxBandwidth;
    if (flags & NET_DSCP) registry->jobs[index].net.DscpTag = info->DscpTag;
    return ERROR_SUCCESS;
}

static DWORD set_io(int index, const IO_RATE_NATIVE_V3 *rate, const WCHAR *volume) {
    JOB *job = &registry->jobs[index];
    DWORD place = 0;
    if (rate->v1.BaseIoSize || (rate->v1.ControlFlags & ~IO_VALID)) return ERROR_INVALID_PARAMETER;
    if (rate->v1.MaxIops < 0 || rate->v1.MaxBandwidth < 0 || rate->v1.ReservationIops < 0) return ERROR_INVALID_PARAMETER;
    while (place < job->ioCount && lstrcmpiW(job->io[place].volume, volume)) place++;
    if (!(rate->v1.ControlFlags & IO_ENABLE)) {
        if (place < job->ioCount) job->io[place] = job->io[--job->ioCount];
        return ERROR_SUCCESS;
    }
    if (owned_in_hierarchy(index, TRUE)) return ERROR_ACCESS_DENIED;
    if (place == MAX_VOLUMES) return ERROR_INVALID_PARAMETER;
    job->io[place].rate = *rate;
    job->io[place].rate.v1.VolumeName = NULL;
    lstrcpynW(job->io[place].volume, volume, MAX_PATH);
    if (place == job->ioCount) job->ioCount++;
    return ERROR_SUCCESS;
}

DWORD set_native_io(int index, const void *info, DWORD length) {
    IO_RATE_NATIVE_V3 rate = {{0}, {0}};
    WCHAR volume[MAX_PATH] = L"";
    memcpy(&rate, info, length);
    if (rate.v1.VolumeName) {
        DWORD characters = rate.v1.VolumeNameLength / sizeof(WCHAR);
        if (characters >= MAX_PATH) return ERROR_INVALID_PARAMETER;
        memcpy(volume, rate.v1.VolumeName, characters * sizeof(WCHAR));
    }
    return set_io(index, &rate, volume);
}

void query_native_io(int index, void *info, DWORD length) {
    const JOB *job = &registry->jobs[index];
    IO_RATE_NATIVE_V3 rate = {{0}, {0}};
    for (DWORD i = 0; i < job->ioCount; i++)
        if (!i || !job->io[i].volume[0]) rate = job->io[i].rate;
    memcpy(info, &rate, length);
}

DWORD set_attribution(int index, const ATTRIBUTION_INFO *info) {
    JOB *job = &registry->jobs[index];
    if (info->ControlFlags != 1 && info->ControlFlags != 2) return ERROR_INVALID_PARAMETER;
    job->attributionOn = info->ControlFlags == 1;
    if (job->attributionOn) job->attributionEver = TRUE;
    return ERROR_SUCCESS;
}

__declspec(dllexport) DWORD WINAPI SetIoRateControlInformationJobObject(HANDLE handle, IO_RATE_INFO *info) {
    IO_RATE_NATIVE_V3 rate = {{0}, {0}};
    DWORD error;
    int job;
    if (!start()) return 0;
    if (!info) return fail(ERROR_INVALID_PARAMETER);
    lock();
    job = resolve(handle, JOB_OBJECT_SET_ATTRIBUTES);
    error = job < 0 ? GetLastError() : ERROR_SUCCESS;
    rate.v1.MaxIops = info->MaxIops;
    rate.v1.MaxBandwidth = info->MaxBandwidth;
    rate.v1.ReservationIops = info->ReservationIops;
    rate.v1.BaseIoSize = info->BaseIoSize;
    rate.v1.ControlFlags = info->ControlFlags;
    if (!error && info->VolumeName && lstrlenW(info->VolumeName) >= MAX_PATH) error = ERROR_INVALID_PARAMETER;
    if (!error) error = set_io(job, &rate, info->VolumeName ? info->VolumeName : L"");
    unlock();
    return error ? fail(error) : TRUE;
}

/* The names follow the blocks in the same allocation. */
static DWORD copy_io(const JOB *job, const WCHAR *volume, IO_RATE_INFO **blocks, ULONG *count) {
    IO_RATE_INFO *out = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, MAX_VOLUMES * (sizeof *out + MAX_PATH * sizeof(WCHAR)));
    WCHAR *names = (WCHAR *)(out + MAX_VOLUMES);
    if (!out) return ERROR_NOT_ENOUGH_MEMORY;
    *count = 0;
    for (DWORD i = 0; i < job->ioCount; i++) {
        const IO_ENTRY *entry = &job->io[i];
        IO_RATE_INFO *block = &out[*count];
        if (volume && entry->volume[0] && lstrcmpiW(entry->volume, volume)) continue;
        block->MaxIops = entry->rate.v1.MaxIops;
        block->MaxBandwidth = entry->rate.v1.MaxBandwidth;
        block->ReservationIops = entry->rate.v1.ReservationIops;
        block->BaseIoSize = 8192;
        block->ControlFlags = entry->rate.v1.ControlFlags;
        if (entry->volume[0]) {
            lstrcpynW(names, entry->volume, MAX_PATH);
            block->VolumeName = names;
            names += MAX_PATH;
        }
        ++*count;
    }
    if (!*count) {
        HeapFree(GetProcessHeap(), 0, out);
        out = NULL;
    }
    *blocks = out;
    return ERROR_SUCCESS;
}

__declspec(dllexport) DWORD WINAPI QueryIoRateControlInformationJobObject(HANDLE handle, const WCHAR *volume,
                                                                         IO_RATE_INFO **blocks, ULONG *count) {
    DWORD error = ERROR_SUCCESS;
    int job;
    if (!start()) return 0;
    if (!blocks || !count) return fail(ERROR_INVALID_PARAMETER);
    lock();
    if (handle) job = resolve(handle, JOB_OBJECT_QUERY);
    else if ((job = own_job()) < 0) SetLastError(ERROR_ACCESS_DENIED);
    error = job < 0 ? GetLastError() : copy_io(&registry->jobs[job], volume, blocks, count);
    unlock();
    return error ? fail(error) : TRUE;
}

__declspec(dllexport) void WINAPI FreeMemoryJobObject(void *buffer) {
    if (buffer) HeapFree(GetProcessHeap(), 0, buffer);
}

/* Test only: one read and one write of this many bytes by a member; 0 bytes is not an operation. */
__declspec(dllexport) BOOL WINAPI JobsimChargeIo(HANDLE handle, ULONGLONG read, ULONGLONG written, DWORD pid) {
    ULONGLONG bytes[2] = {read, written};
    int job;
    if (!start()) return FALSE;
    lock();
    job = resolve(handle, 0);
    for (int i = job; i >= 0; i = parent_of(i)) {
        JOB *record = &registry->jobs[i];
        DWORD charged = 0;
        SUMS sums;
        for (int k = 0; k < 2; k++) {
            if (!bytes[k]) continue;
            record->ioOps[k]++;
            record->ioBytes[k] += bytes[k];
            if (!record->attributionOn) continue;
            record->attribution[k].IoCount++;
            record->attribution[k].TotalSize += bytes[k];
        }
        if (read && record->ioBytes[0] > record->notify.IoReadBytesLimit) charged |= LIM_READ_BYTES;
        if (written && record->ioBytes[1] > record->notify.IoWriteBytesLimit) charged |= LIM_WRITE_BYTES;
        sum_job(i, &sums);
        check_notifications(i, &sums, charged, pid);
        if (record->engine == self && io_pending(i)) PostQueuedCompletionStatus(enginePort, 0, 0, NULL);
    }
    unlock();
    return job >= 0;
}

/* Test only: the factor for the tolerance intervals of 10 s, 1 min and 10 min. */
__declspec(dllexport) BOOL WINAPI JobsimSetTimeScale(double scale) {
    if (!(scale > 0)) return fail(ERROR_INVALID_PARAMETER);
    timeScale = scale;
    return TRUE;
}

__declspec(dllexport) DWORD WINAPI JobsimVersion(void) { return JOBSIM_VERSION; }
