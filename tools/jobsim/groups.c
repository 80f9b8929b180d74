/* Classes 11 and 14: the processor groups of a job and its affinity in each. */
#include "jobsim.h"

/* Wine may return 0. */
static WORD group_count(void) {
    WORD count = GetActiveProcessorGroupCount();
    return count ? count : 1;
}

static ULONGLONG group_mask(WORD group) {
    DWORD count = GetActiveProcessorCount(group);
    if (group == 0) return systemMask;
    return count >= 64 ? ~0ull : (1ull << count) - 1;
}

static DWORD set_affinities(JOB *job, const GROUP_AFFINITY *list, DWORD count) {
    WORD groups = group_count();
    if (count > sizeof job->groups / sizeof job->groups[0]) return ERROR_INVALID_PARAMETER;
    for (DWORD i = 0; i < count; i++) {
        if (list[i].Reserved[0] || list[i].Reserved[1] || list[i].Reserved[2]) return ERROR_INVALID_PARAMETER;
        if (list[i].Group >= groups || !list[i].Mask) return ERROR_INVALID_PARAMETER;
        if (list[i].Mask & ~group_mask(list[i].Group)) return ERROR_INVALID_PARAMETER;
        for (DWORD k = 0; k < i; k++)
            if (list[k].Group == list[i].Group) return ERROR_INVALID_PARAMETER;
    }
    memcpy(job->groups, list, count * sizeof *list);
    job->groupCount = count;
    return ERROR_SUCCESS;
}

DWORD set_groups(int index, int number, const void *info, DWORD length) {
    JOB *job = &registry->jobs[index];
    const USHORT *list = info;
    DWORD error;
    if (number == CLS_GROUPS_EX) {
        if (length % sizeof(GROUP_AFFINITY)) return ERROR_BAD_LENGTH;
        error = set_affinities(job, info, length / sizeof(GROUP_AFFINITY));
        if (!error) wake_engine(index);
        return error;
    }
    if (!length || length % sizeof(USHORT)) return ERROR_BAD_LENGTH;
    if (length / sizeof(USHORT) > sizeof job->groupList / sizeof job->groupList[0]) return ERROR_INVALID_PARAMETER;
    for (DWORD i = 0; i < length / sizeof(USHORT); i++)
        if (list[i] >= group_count()) return ERROR_INVALID_PARAMETER;
    memcpy(job->groupList, list, length);
    job->groupListCount = length / sizeof(USHORT);
    return ERROR_SUCCESS;
}

/* An unrestricted job has Wine's only group, with all of its processors. */
DWORD query_groups(int index, int number, void *info, DWORD length, DWORD *needed) {
    const JOB *job = &registry->jobs[index];
    GROUP_AFFINITY all = {0};
    USHORT zero = 0;
    const void *source;
    all.Mask = job->affinity ? job->affinity : systemMask;
    if (number == CLS_GROUPS_EX) {
        source = job->groupCount ? job->groups : &all;
        *needed = (job->groupCount ? job->groupCount : 1) * sizeof(GROUP_AFFINITY);
    } else {
        source = job->groupListCount ? job->groupList : &zero;
        *needed = (job->groupListCount ? job->groupListCount : 1) * sizeof(USHORT);
    }
    if (length < *needed) return ERROR_INSUFFICIENT_BUFFER;
    memcpy(info, source, *needed);
    return ERROR_SUCCESS;
}
