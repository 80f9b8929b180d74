/* The engines that map the registry: detects dead ones and hands over their jobs. */
#include "jobsim.h"

static BOOL engine_alive(const ENGINE *engine) {
    HANDLE process = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION | SYNCHRONIZE, FALSE, engine->pid);
    BOOL alive;
    if (!process) return !no_such_process();
    alive = WaitForSingleObject(process, 0) == WAIT_TIMEOUT && born_of(process) == engine->born;
    real.CloseHandle(process);
    return alive;
}

/*
 * Hands the job to the first engine that has it open; that one completes the take-over when it sees the death.
 */
static void hand_over(int index) {
    JOB *job = &registry->jobs[index];
    int heir = 0;
    while (!(job->openBy >> heir & 1)) heir++;
    for (int i = 0; i < registry->memberHigh; i++) {
        MEMBER *member = &registry->members[i];
        if (!member->count || place_in(member, index) < 0 || !(member->suspendedBy >> job->engine & 1)) continue;
        member->suspendedBy &= ~(1ull << job->engine);
        member->suspendedBy |= 1ull << heir;
    }
    job->engine = heir;
}

/* Engines that ended without notice: their handles are gone, and so are the jobs that only they had. */
void bury_dead_engines(void) {
    ULONGLONG dead = 0;
    for (int i = 0; i < MAX_ENGINES; i++) {
        if (i == self || !registry->engines[i].pid || engine_alive(&registry->engines[i])) continue;
        dead |= 1ull << i;
        registry->engines[i].pid = 0;
    }
    if (!dead) return;
    finish_for(dead);
    for (int i = 0; i < registry->jobHigh; i++) {
        JOB *job = &registry->jobs[i];
        if (!job->used) continue;
        job->openBy &= ~dead;
        if (job->portEngine >= 0 && (dead >> job->portEngine & 1)) job->portEngine = -1, job->portGeneration++;
        if (job->engine < 0 || !(dead >> job->engine & 1)) continue;
        if (job->openBy) hand_over(i);
        else free_job(i);
    }
}
