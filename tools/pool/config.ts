/**
 * The files of a pool of HTCondor on this machine: two execution points on the loopback address,
 * run by an ordinary user.
 *
 * Pure.
 *
 * @module
 */

/** What a pool is made of. */
export interface PoolFacts {
  /** Its folder. */
  readonly folder: string;
  /** The TCP port of all its daemons. */
  readonly port: number;
}

/** The slots of an execution point. */
const MEMORY_MIB = 2048;

/** Seconds of the timers that a test would wait for; HTCondor's own are up to 20 minutes. */
const QUICK = {
  NEGOTIATOR_INTERVAL: 3,
  NEGOTIATOR_CYCLE_DELAY: 1,
  NEGOTIATOR_MIN_INTERVAL: 1,
  SCHEDD_INTERVAL: 3,
  SCHEDD_MIN_INTERVAL: 1,
  UPDATE_INTERVAL: 5,
  POLLING_INTERVAL: 2,
  JOB_START_DELAY: 0,
  STARTER_UPDATE_INTERVAL: 5,
  STARTER_INITIAL_UPDATE_INTERVAL: 2,
  PERIODIC_EXPR_INTERVAL: 2,
  CLAIM_WORKLIFE: 1200,
  MASTER_BACKOFF_CONSTANT: 1,
  MASTER_BACKOFF_CEILING: 2,
};

/**
 * Writes the configuration.
 *
 * @param facts The pool.
 * @returns The text of condor_config.
 */
export function poolConfig({ folder, port }: PoolFacts): string {
  return `RELEASE_DIR = /usr
LOCAL_DIR = ${folder}
LOG = $(LOCAL_DIR)/log
SPOOL = $(LOCAL_DIR)/spool
EXECUTE = $(LOCAL_DIR)/execute1
RUN = $(LOCAL_DIR)/run
LOCK = $(LOCAL_DIR)/lock
BIN = /usr/bin
SBIN = /usr/sbin
LIB = /usr/lib/condor
LIBEXEC = /usr/libexec/condor
SHARE = /usr/share/condor
REQUIRE_LOCAL_CONFIG_FILE = false
LOCAL_CONFIG_DIR =
CONDOR_HOST = 127.0.0.1
NETWORK_INTERFACE = 127.0.0.1
BIND_ALL_INTERFACES = false
COLLECTOR_HOST = 127.0.0.1:${port}
USE_SHARED_PORT = true
SHARED_PORT_PORT = ${port}
ENABLE_IPV6 = false
UID_DOMAIN = jobbox.test
FILESYSTEM_DOMAIN = $(FULL_HOSTNAME)
ALLOW_ADMINISTRATOR = *@*/127.0.0.1
ALLOW_WRITE = *@*/127.0.0.1
ALLOW_READ = *@*/127.0.0.1
ALLOW_DAEMON = *@*/127.0.0.1
ALLOW_NEGOTIATOR = *@*/127.0.0.1
SEC_DEFAULT_AUTHENTICATION = OPTIONAL
SEC_DEFAULT_AUTHENTICATION_METHODS = FS
SEC_CLIENT_AUTHENTICATION_METHODS = FS
SEC_DEFAULT_ENCRYPTION = OPTIONAL
SEC_DEFAULT_INTEGRITY = OPTIONAL
DISCARD_SESSION_KEYRING_ON_STARTUP = false
START = true
RunBenchmarks = false
SUSPEND = false
PREEMPT = false
KILL = false
WANT_SUSPEND = false
WANT_VACATE = true
NUM_CPUS = 1
MEMORY = ${MEMORY_MIB}
NUM_SLOTS = 1
NUM_SLOTS_TYPE_1 = 1
SLOT_TYPE_1 = 100%
SLOT_TYPE_1_PARTITIONABLE = true
${Object.entries(QUICK).map(([name, value]) => `${name} = ${value}`).join("\n")}
USER_JOB_WRAPPER = ${folder}/jobbox-wrapper
STARTD.STARTD_NAME = ep1
STARTD_CRON_JOBLIST = JOBBOX
STARTD_CRON_JOBBOX_EXECUTABLE = ${folder}/jobbox-ad
STARTD_CRON_JOBBOX_MODE = OneShot
STARTD_CRON_JOBBOX_RECONFIG_RERUN = true
STARTD_CRON_JOBBOX_PREFIX =
# A second execution point, as if it were another machine, without doctor's attributes.
DAEMON_LIST = MASTER COLLECTOR NEGOTIATOR SCHEDD STARTD STARTD2 SHARED_PORT
STARTD2 = $(STARTD)
STARTD2_ARGS = -local-name ep2
EP2.STARTD_NAME = ep2
EP2.STARTD_LOG = $(LOG)/StartLog.ep2
EP2.EXECUTE = $(LOCAL_DIR)/execute2
EP2.STARTD_ADDRESS_FILE = $(LOG)/.startd2_address
EP2.STARTD_CRON_JOBLIST =
`;
}

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/**
 * Writes the wrapper, which stands for `jobbox-htcondor.exe`: it runs the tool in the Windows Deno,
 * and turns the paths of Linux into those that a Windows program sees.
 *
 * `JOBBOX_TEST_COMMAND` of a job replaces its program, with `JOBBOX_TEST_FAULT` the first start finds
 * no machine ad, and with `JOBBOX_TEST_TOOL` the program of the job is the tool itself, with
 * the arguments of its `run`. The record of each start is kept in `records`; a start while an earlier one of
 * the same job still runs is told in `starts`.
 *
 * @param facts The pool.
 * @param tool The words that run the tool.
 * @param plain The words that run a program without the tool, for `JOBBOX_TEST_PLAIN` of a job.
 * @param bin The folder of the stand-in for condor_chirp.exe, as Windows sees it.
 * @returns The script.
 */
export function wrapperScript(
  { folder }: PoolFacts,
  { bin, plain, tool }: {
    readonly tool: readonly string[];
    readonly plain: readonly string[];
    readonly bin: string;
  },
): string {
  return `#!/bin/sh
ulimit -c 0
attribute() { sed -n "s/^$1 = //p" "$_CONDOR_JOB_AD"; }
job="$(attribute ClusterId).$(attribute ProcId)"
program="\${JOBBOX_TEST_COMMAND:-Z:$1}"
shift
if [ -n "$JOBBOX_TEST_FAULT" ] && mkdir ${quote(`${folder}/faults`)}/"$job" 2>/dev/null; then
  export _CONDOR_MACHINE_AD="$_CONDOR_SCRATCH_DIR/missing.ad"
fi
export _CONDOR_BIN=${quote(bin)}
exec 9>>${quote(`${folder}/running`)}/"$job"
flock --nonblock 9 || echo "twice $job" >>${quote(`${folder}/starts`)}
echo "begin $job $(date +%s.%N)" >>${quote(`${folder}/starts`)}
scratch="$PWD"
cd / || exit 125
if [ -n "$JOBBOX_TEST_PLAIN" ]; then
  ${plain.map(quote).join(" ")} "$program" "$@" &
elif [ -n "$JOBBOX_TEST_TOOL" ]; then
  # The host gives the tool the folder of the project.
  shift
  ${tool.map(quote).join(" ")} run --cwd "Z:$scratch" "$@" &
else
  ${tool.map(quote).join(" ")} run --engine htcondor --cwd "Z:$scratch" -- "$program" "$@" &
fi
box=$!
# The host takes SIGINT for Ctrl-C; on Windows it is WM_CLOSE or CTRL_BREAK.
trap 'kill -INT $box' TERM
wait $box
code=$?
# A signal ends the first wait only.
while kill -0 $box 2>/dev/null; do wait $box; code=$?; done
echo "end $job $(date +%s.%N) $code" >>${quote(`${folder}/starts`)}
cp "$scratch/jobbox.json" ${quote(`${folder}/records`)}/"$job.$$.json" 2>/dev/null
exit $code
`;
}

/**
 * Writes the script that an execution point runs for its ad.
 *
 * @param tool The words that run the tool.
 * @returns The script.
 */
export function adScript(tool: readonly string[]): string {
  return `#!/bin/sh
# A trial that crashes leaves no file in the project.
ulimit -c 0
cd / && exec ${tool.map(quote).join(" ")} doctor --classad
`;
}

/**
 * Writes the lines with which a submit file of a Windows program begins.
 *
 * @param program The path of the program.
 * @param pool The pool's folder, and the name of the record there, without `.json`.
 * @returns The lines.
 */
export function submitLines(
  program: string,
  { folder, record }: Pick<PoolFacts, "folder"> & { readonly record: string },
): string {
  return `executable = ${program}
should_transfer_files = YES
initialdir = ${folder}
request_memory = 256
request_cpus = 1
request_disk = 1M
job_lease_duration = 20
transfer_output_remaps = "jobbox.json = ${record}.json"
`;
}
