import type { Container } from '../../kubernetes/types.ts';

/** Where the script stands in every container that uses it. */
export const guardMountPath = '/guard';
export const guardScriptName = 'nas-guard.sh';

/** The file on the NAS that holds the library's id. A file of that name alone could stand on any disk. */
export const sentinelFile = '.gatehouse-library';

/**
 * Keeps Immich from writing where the NAS is not. One script for the init container, the start command and the
 * probes: a mount can go while the pod runs, and after a crash kubelet starts the container on whatever is there
 * without running init containers again.
 *
 * It asks the kernel for the type of file system behind the library (`mountpoint` says yes for every volume), and
 * then for the sentinel. What touches the file system runs in a child: a process that waits for a dead NFS server
 * cannot be killed, so nobody waits for it. While it hangs, no second one is started.
 *
 * POSIX sh; `$name` only, since Flux would take `${name}` for its own.
 */
export const nasGuardScript = `#!/bin/sh
# nas-guard.sh check | start COMMAND... | probe COMMAND...
set -u

library=$NAS_GUARD_LIBRARY
sentinel=$library/${sentinelFile}
scratch=/tmp/nas-guard
pending=$scratch/pending

fail() {
  echo "NAS_GUARD: $2: $3" >&2
  exit "$1"
}

# The type of the file system that holds the library: the longest mount point above it, the last of equals.
file_system() {
  wanted=$(printf %s "$library" | sed -e 's/\\\\/\\\\134/g' -e 's/ /\\\\040/g')/
  longest=0
  found=none
  while read -r line; do
    set -f
    # shellcheck disable=SC2086
    set -- $line
    point=$5
    [ "$point" = / ] && point=
    case $wanted in
      "$point"/*) ;;
      *) continue ;;
    esac
    length=$(printf %s "$point" | wc -c)
    [ "$length" -ge "$longest" ] || continue
    while [ $# -gt 1 ] && [ "$1" != - ]; do shift; done
    longest=$length
    found=$2
  done < /proc/self/mountinfo
  printf %s "$found"
}

# A process is the same one only if it began at the same time: numbers are used again.
began() {
  sed -e 's/^.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20
}

look() {
  if [ ! -f "$sentinel" ]; then echo sentinel-missing
  elif [ "$(head -c 65 "$sentinel" 2>/dev/null | tr -d '[:space:]')" != "$NAS_GUARD_SENTINEL" ]; then echo sentinel-mismatch
  elif [ ! -w "$library" ]; then echo not-writable
  else echo ok
  fi
}

check() {
  type=$(file_system)
  case " $NAS_GUARD_FILE_SYSTEMS " in
    *" $type "*) ;;
    *) fail 11 not-mounted "the library is on $type, which is not the NAS" ;;
  esac
  mkdir -p "$scratch" || fail 2 no-scratch "/tmp cannot be written"
  if [ -s "$pending" ]; then
    # Two probes may look at the same time; only one that is overdue counts as hanging.
    read -r child start since < "$pending"
    if [ "$(began "$child")" = "$start" ] && [ $(($(date +%s) - since)) -gt "$NAS_GUARD_SECONDS" ]; then
      fail 15 no-answer "an earlier look at the NAS has not come back"
    fi
  fi
  # Answers that came after nobody waited any more.
  find "$scratch" -name 'answer.*' -mmin +5 -exec rm -f {} +
  answer=$scratch/answer.$$
  (look > "$answer.part"; mv "$answer.part" "$answer"; rm -f "$pending") < /dev/null > /dev/null 2>&1 &
  child=$!
  printf '%s %s %s\\n' "$child" "$(began "$child")" "$(date +%s)" > "$pending.$$" && mv "$pending.$$" "$pending"
  ticks=$((NAS_GUARD_SECONDS * 5))
  while [ ! -e "$answer" ]; do
    [ "$ticks" -gt 0 ] || fail 15 no-answer "the NAS has not answered for $NAS_GUARD_SECONDS seconds"
    ticks=$((ticks - 1))
    sleep 0.2
  done
  rm -f "$pending"
  verdict=$(cat "$answer")
  rm -f "$answer"
  case $verdict in
    ok) ;;
    sentinel-missing) fail 12 "$verdict" "the file ${sentinelFile} is not in the library" ;;
    sentinel-mismatch) fail 13 "$verdict" "the file ${sentinelFile} holds another id: this is another library" ;;
    not-writable) fail 14 "$verdict" "the library cannot be written by this user" ;;
    *) fail 15 no-answer "the look at the NAS broke off" ;;
  esac
}

mode=none
[ $# -gt 0 ] && mode=$1 && shift
case $mode in
  check) check ;;
  start | probe) check; exec "$@" ;;
  *) fail 2 usage "nas-guard.sh check | start COMMAND... | probe COMMAND..." ;;
esac
`;

/** What the guard says and how it ends, for the documents. */
export const guardSignals = [
  {
    signal: 'not-mounted',
    exit: 11,
    means: 'the NAS is not mounted, and the library would be a folder of the root disk',
  },
  {
    signal: 'sentinel-missing',
    exit: 12,
    means: 'something is mounted, and it is not the library: its sentinel is not there',
  },
  { signal: 'sentinel-mismatch', exit: 13, means: 'the library of another cluster is mounted' },
  {
    signal: 'not-writable',
    exit: 14,
    means: 'the library is mounted read-only, or belongs to somebody else on the NAS',
  },
  { signal: 'no-answer', exit: 15, means: 'the NAS does not answer in time' },
] as const;

interface GuardSettings {
  /** Where the library is mounted in the container. */
  library: string;
  /** The id that the sentinel holds. */
  sentinel: string;
  fileSystems: readonly string[];
  timeoutSeconds: number;
}

/** What the script reads from its environment. */
export function guardEnvironment({
  library,
  sentinel,
  fileSystems,
  timeoutSeconds,
}: GuardSettings): NonNullable<Container['env']> {
  return [
    { name: 'NAS_GUARD_LIBRARY', value: library },
    { name: 'NAS_GUARD_SENTINEL', value: sentinel },
    { name: 'NAS_GUARD_FILE_SYSTEMS', value: fileSystems.join(' ') },
    { name: 'NAS_GUARD_SECONDS', value: String(timeoutSeconds) },
  ];
}

const script = ['sh', `${guardMountPath}/${guardScriptName}`];

/** The command of an init container: it ends well only where the NAS is. */
export const guardedInit = (): string[] => [...script, 'check'];

/** The guard in front of a start command, which it becomes. */
export const guardedStart = (command: readonly string[]): string[] => [...script, 'start', ...command];

/** The guard in front of a probe's own command: both must be content. */
export const guardedProbe = (command: readonly string[]): string[] => [...script, 'probe', ...command];
