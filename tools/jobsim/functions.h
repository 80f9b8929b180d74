/* The functions that each file of jobsim provides to the others. */
#ifndef JOBSIM_FUNCTIONS_H
#define JOBSIM_FUNCTIONS_H

/* registry.c */
BOOL start(void);
void lock(void);
void unlock(void);
BOOL fail(DWORD error);
int new_job(const WCHAR *name);
void free_job(int job);
int find_job(const WCHAR *name);
DWORD born_of(HANDLE process);
int parent_of(int job);
BOOL is_ancestor(int ancestor, int job);
int depth_of(int job);
MEMBER *find_member(DWORD pid);
MEMBER *add_member(DWORD pid);
void drop_membership(MEMBER *member, int place);
int place_in(const MEMBER *member, int job);
HANDLE member_process(MEMBER *member);
void close_stale(void);
BOOL has_members(int job);
void sum_job(int job, SUMS *sums);

/* engines.c */
void bury_dead_engines(void);

/* handles.c */
BOOL own_port(HANDLE handle, int job);
int resolve(HANDLE handle, DWORD access);
int known_job(HANDLE handle);
int own_job(void);
HANDLE any_handle(int job, DWORD access);
BOOL open_engine(int engine);
void poll_foreign(void);
BOOL has_foreign(void);
void wake_engine(int job);

/* relay.c */
ULONG_PTR key_of(int job);
void relay(ULONG_PTR key, DWORD message, DWORD pid);
void join(int job, DWORD pid);
void leave(int job, MEMBER *member, int place, BOOL told);
void deliver(int job, DWORD message, DWORD pid);
void announce(int job, DWORD message, DWORD pid);
void replay(int job);
void wait_relayed(LONG seen, DWORD milliseconds);
void leave_all(int job);
BOOL ends_with_parent(int job, MEMBER *member); /* refused.c */
BOOL settle(MEMBER *member);
BOOL all_can_end(int job);
DWORD settle_all(void);

/* verdicts.c */
void record_verdict(int job, DWORD pid, DWORD error);
DWORD verdict(DWORD pid, const int *jobs, int count, DWORD since);
void report_late(const char *what, DWORD milliseconds);

/* order.c */
BOOL was_told(ULONG_PTR key, DWORD message, DWORD pid);
void join_inner(int job, DWORD pid);
void leave_inner(int job, MEMBER *member);
void join_outer(int job, DWORD pid);
void leave_outer(int job, DWORD pid);

/* process.c */
BOOL await_newcomers(int job, HANDLE handle);

/* engine.c */
ULONGLONG ticks(void); /* 100 ns; the same clock in all processes */
void drain_foreign(HANDLE port);
DWORD WINAPI engine_main(void *unused);
void sample(BOOL forced);
void sample_job(int job);
ULONGLONG sampled_commit(DWORD pid);
BOOL sampled_times(DWORD pid, LONGLONG born, LONGLONG *user, LONGLONG *kernel);

/* linux.c */
void linux_start(void);
LINUX_END linux_end(int pid, ULONGLONG start, ULONGLONG *largest);
void linux_identify(MEMBER *member, HANDLE process, HANDLE thread);
BOOL linux_usage(const MEMBER *member, LINUX_USAGE *out);
BOOL linux_memory(const MEMBER *member, LINUX_MEMORY *out);

/* requests.c */
BOOL await_signal(HANDLE handle, DWORD *milliseconds);

/* peaks.c */
void note_memory(MEMBER *member, const LINUX_MEMORY *memory);
void final_peak(const MEMBER *member);
void await_peaks(int job);
DWORD watch_young(void);

/* threads.c */
BOOL secure_new_threads(void);

/* times.c */
LONGLONG ticks_of(const FILETIME *time); /* 100 ns */
void final_times(MEMBER *member);
void refresh_faults(MEMBER *member);
void keep_times(const MEMBER *member, HANDLE process);

/* memory.c */
void note_arrival(DWORD pid);
BOOL limits_memory(int job);
ULONGLONG arrived_with(DWORD pid);
void forget_arrival(DWORD pid);
void examine_all(int job);
void check_memory(int job);

/* enforce.c */
void enforce(ULONGLONG now);
void check_notifications(int job, const SUMS *sums, DWORD extra, DWORD pid);
void apply_to_member(MEMBER *member);
void apply_to_job(int job);
void suspend_or_resume(MEMBER *member);
BOOL needs_limits(int job);
void count_kills(int job, DWORD count);
DWORD effective_priority(const MEMBER *member);
BOOL effective_affinity(const MEMBER *member, ULONGLONG *mask, BOOL *subset);
DWORD most_cpu(const CPU_RATE_INFO *cpu);

/* rate.c */
void rate_tick(int job, const SUMS *sums, ULONGLONG now);
void cap_tick(int job, const SUMS *sums, ULONGLONG now);
BOOL io_pending(int job);
DWORD rate_level(int job, int which);
void rate_reset(int job, int which);

/* classes.c */
typedef struct { BYTE number, set, query; WORD size[3]; SHORT stored; } CLASS_RULE;
const CLASS_RULE *class_rule(int number);
DWORD check_call(int number, BOOL set, DWORD length);

/* limits.c */
BOOL forward_flags(HANDLE handle, DWORD flags);
DWORD set_limits(int job, HANDLE handle, int number, const void *info, DWORD length);
void query_limits(int job, int number, void *info, DWORD length);

/* rate_control.c */
DWORD set_cpu(int job, const CPU_RATE_INFO *info);
DWORD set_net(int job, const NET_RATE_INFO *info);
DWORD set_native_io(int job, const void *info, DWORD length);
void query_native_io(int job, void *info, DWORD length);
DWORD set_attribution(int job, const ATTRIBUTION_INFO *info);

/* notify.c */
DWORD set_notify(int job, int number, const void *info);
void query_notify(int job, int number, void *info);
void take_violation(int job, int number, void *info);

/* groups.c */
DWORD set_groups(int job, int number, const void *info, DWORD length);
DWORD query_groups(int job, int number, void *info, DWORD length, DWORD *needed);

#endif
