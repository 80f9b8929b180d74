/**
 * The scripts that run in a shared session in addition to Wine. They are shell scripts, because
 * every Linux with Wine has a shell.
 *
 * @module
 */

/**
 * The descriptor with which the keeper holds its lock. The process that has it open is the keeper.
 */
export const KEEPER_FD = 8;

/**
 * Keeps the session: `sh -c KEEPER NAME FOLDER SECONDS WAY`. It writes one line when Wine is ready.
 *
 * When it ends, its namespace ends with everything left in it; without a namespace it ends Wine
 * itself. Descriptor 8 is closed for every program, so that no other process looks like the keeper.
 */
export const KEEPER = `set -u
folder=$1 seconds=$2 way=$3
exec 8<>"$folder/keeper"
flock --nonblock 8 || { echo "another session is there" >&2; exit 1; }
trap '' PIPE HUP
# The server stays without a program; the services must not belong to a run, so start them now.
flock --no-fork "$folder/server" wineserver -p 8>&- || { echo "wineserver failed" >&2; exit 1; }
wine cmd /c exit 8>&- >/dev/null 2>&1 || { echo "wine cmd failed" >&2; exit 1; }
echo ready
exec >/dev/null 2>&1
while :; do
  flock "$folder/users" true 8>&-
  : >"$folder/idle"
  sleep "$seconds" 8>&-
  exec 7<>"$folder/lock"
  if flock --nonblock 7 8>&- && flock --nonblock "$folder/users" true 7>&- 8>&- &&
    ! [ "$folder/users" -nt "$folder/idle" ]; then
    [ "$way" != plain ] || wineserver -k 7>&- 8>&-
    exit 0
  fi
  exec 7>&-
done`;

/**
 * Kills what a run left: `sh -c WARDEN NAME FOLDER`, FOLDER being the run's place.
 *
 * The run holds the place's lock as long as it lives. When the warden gets the lock, the run is
 * gone, and no other run can take the place until the last process of it is gone too. The warden
 * kills repeatedly, because a process that is started while the list is read is not in it. It lists
 * threads, because the first thread of a process may have ended before the others.
 */
export const WARDEN = `exec 7<>"$1/lock" >/dev/null 2>&1
flock 7
until flock --timeout 0.1 "$1/alive" true 7>&-; do
  for fd in /proc/[0-9]*/task/[0-9]*/fd/*; do
    [ "$fd" -ef "$1/alive" ] || continue
    process=\${fd#/proc/}
    kill -s KILL "\${process%%/*}"
  done
done`;
