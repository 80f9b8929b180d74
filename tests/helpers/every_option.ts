/**
 * A command line that holds every option of a run.
 *
 * @module
 */

/**
 * Every option of a run that a policy can hold, once; of the ways to limit the CPU and of those of
 * stderr, which exclude each other, one.
 *
 * @param place The text before the name of each file, such as a folder and its separator.
 * @param cwd The folder to run in.
 * @returns The options; `vars` and `in` are read.
 */
export function everyOption(place: string, cwd: string): string[] {
  const file = (name: string): string => `${place}${name}`;
  return [
    ...[
      "--timeout",
      "30s",
      "--count-frozen",
      "--grace",
      "1s",
      "--on-limit",
      "kill",
      "--on-notify",
      "stop",
    ],
    ...["--no-wait-tree", "--max-output", "1M", "--name", "build", "--cwd", cwd],
    ...["--env", "A=1", "--env", "B=x=y", "--unset-env", "TEMP", "--env-file", file("vars")],
    ...["--clear-env", "--stdin", file("in"), "--stdout", file("out"), "--stderr", file("err")],
    ...["--report", file("r.json"), "--report", file("r.html"), "--events", file("e.ndjson")],
    ...["--meta", file("m"), "--metrics", file("sums"), "--label", "a=1", "--quiet"],
    ...["--foreground", "--error-dialogs", "--append"],
    ...["--memory", "512M", "--process-memory", "256M", "--working-set", "1M..64M"],
    ...["--cpu-time", "10s", "--process-cpu-time", "5s", "--end-of-job-time", "post"],
    ...["--processes", "8", "--affinity", "0-1", "--subset-affinity", "--priority", "idle"],
    ...["--scheduling-class", "3", "--cpu-rate", "50%", "--net-bandwidth", "1M", "--dscp", "5"],
    ...["--io-bandwidth", "1M", "--io-iops", "10", "--die-on-unhandled-exception", "--breakaway"],
    ...["--silent-breakaway", "--ui", "handles,desktop", "--group-affinity", "0:0"],
    ...["--notify-memory", "64M", "--notify-memory-low", "1M", "--notify-read", "1M"],
    ...["--notify-write", "1M", "--notify-cpu-time", "1s", "--notify-cpu-rate", "low,short"],
    ...["--notify-io-rate", "low", "--notify-net-rate", "low"],
  ];
}
