/* The information classes: which exist, in which direction and size; and the two entry points. */
#include "jobsim.h"

#define ANY 0xFFFF /* as long as the caller's list */
#define NOT_KEPT (-1)

static const CLASS_RULE rules[] = {
    {CLS_BASIC_ACCOUNTING, 0, 1, {48}, NOT_KEPT},
    {CLS_BASIC_LIMIT, 1, 1, {64}, NOT_KEPT},
    {CLS_PROCESS_IDS, 0, 1, {ANY}, NOT_KEPT},
    {CLS_UI, 1, 1, {4}, NOT_KEPT},
    {CLS_END_OF_JOB, 1, 1, {4}, NOT_KEPT},
    {CLS_PORT, 1, 0, {16}, NOT_KEPT},
    {CLS_BASIC_AND_IO, 0, 1, {96}, NOT_KEPT},
    {CLS_EXTENDED_LIMIT, 1, 1, {144, 152}, NOT_KEPT},
    {CLS_JOB_SET, 0, 1, {4}, NOT_KEPT},
    {CLS_GROUPS, 1, 1, {ANY}, NOT_KEPT},
    {CLS_NOTIFY, 1, 1, {48}, NOT_KEPT},
    {CLS_VIOLATION, 0, 1, {80}, NOT_KEPT},
    {CLS_GROUPS_EX, 1, 1, {ANY}, NOT_KEPT},
    {CLS_CPU_RATE, 1, 1, {8}, NOT_KEPT},
    {CLS_FILTER, 1, 1, {4}, 0},
    {CLS_COUNTER, 1, 1, {8}, NOT_KEPT},
    {CLS_FREEZE, 1, 1, {16}, NOT_KEPT},
    {CLS_EXTENDED_ACCOUNTING, 0, 1, {160}, NOT_KEPT},
    {CLS_BACKGROUND, 1, 1, {1}, 4},
    {CLS_RANK_BIAS, 1, 0, {1}, 5},
    {CLS_TIMER_VIRTUAL, 1, 0, {1}, 6},
    {CLS_CYCLE_TIME, 1, 0, {8}, 8},
    {CLS_INTERFERENCE, 0, 1, {8}, NOT_KEPT},
    {CLS_CLEAR_PEAK, 1, 0, {0}, NOT_KEPT},
    {CLS_MEMORY_USAGE, 0, 1, {16, 40}, NOT_KEPT},
    {CLS_SHARED_COMMIT, 0, 1, {8}, NOT_KEPT},
    {CLS_IO_RATE, 1, 1, {48, 96, 144}, NOT_KEPT},
    {CLS_NET_RATE, 1, 1, {16}, NOT_KEPT},
    {CLS_NOTIFY_2, 1, 1, {72}, NOT_KEPT},
    {CLS_VIOLATION_2, 0, 1, {104}, NOT_KEPT},
    {CLS_IO_ATTRIBUTION, 1, 1, {72}, NOT_KEPT},
    {CLS_TELEMETRY_ID, 1, 1, {16}, 16},
    {CLS_IO_PRIORITY, 1, 1, {8}, 32},
    {CLS_PAGE_PRIORITY, 1, 1, {8}, 40},
    {CLS_NETWORK, 0, 1, {16}, NOT_KEPT},
};

const CLASS_RULE *class_rule(int number) {
    for (unsigned i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (rules[i].number == number) return &rules[i];
    return NULL;
}

/* Windows checks the class first, then the size, then the handle, then the content. */
DWORD check_call(int number, BOOL set, DWORD length) {
    const CLASS_RULE *rule = class_rule(number);
    if (number < 1 || number > CLS_LAST) return ERROR_INVALID_PARAMETER;
    if (!rule) return ERROR_NOT_SUPPORTED;
    if (!(set ? rule->set : rule->query)) return ERROR_INVALID_PARAMETER;
    if (rule->size[0] == ANY) return ERROR_SUCCESS;
    for (int i = 0; i < 3; i++)
        if (rule->size[i] == length && (i == 0 || length)) return ERROR_SUCCESS;
    return ERROR_BAD_LENGTH;
}
