/** What the script says about one failure. */
export interface GuardFailure {
  /** In kebab case, as it is in the log. */
  signal: string;
  exit: number;
  /** A sentence without its full stop. It is between single quotes in the script. */
  means: string;
}

/**
 * The guard's script: POSIX sh for dash, BusyBox and bash, with `sed`, `sleep` and `rm` and nothing else of an
 * image. Linux 3.15 or later, whose `/proc/PID/fdinfo` names the mount of an open file.
 *
 * Flux takes a dollar sign with a brace for its own and may take two of them for one. Neither is here, so
 * that the text is the same before and after substitution.
 *
 * @param failures what it can report, with exit codes; `misconfigured` must be among them
 */
export function guardScriptText(failures: readonly GuardFailure[]): string {
  const cases = failures.map(({ signal, exit, means }) => `    ${signal}) code=${exit} means='${means}' ;;`);
  return `${head}
# Says which failure it is, and ends.
fail() {
  code=1 means=''
  case $1 in
${cases.join('\n')}
  esac
  line="NAS_GUARD: $1: $means"
  [ -z "$2" ] || line="$line ($2)"
  printf '%s\\n' "$line" >&2
  # What a probe prints reaches an event, not the log: that belongs to the first process. Read and write, since
  # opening a pipe that nobody reads for writing alone would wait.
  [ "$verb" != probe ] || { printf '%s\\n' "$line" 1<>/proc/1/fd/2; } 2>/dev/null
  exit "$code"
}
${mounts}
${child}
${parent}`;
}

const head = `#!/bin/sh
# Lets nobody work on the library unless it lies on the NAS.
#   nas-guard.sh check              looks, writes and removes an empty file
#   nas-guard.sh start COMMAND...   the same, and becomes the command
#   nas-guard.sh probe COMMAND...   looks without writing, and becomes the command, if there is one
# From the environment: NAS_GUARD_LIBRARY (absolute path), NAS_GUARD_SENTINEL (name of the file), NAS_GUARD_ID
# (what it holds), NAS_GUARD_FILE_SYSTEMS (accepted types), NAS_GUARD_SECONDS (patience), NAS_GUARD_STATE (a
# folder on a local disk, /tmp when empty).
set -f
`;

const mounts = String.raw`
# Both read the table of mounts into point, type and super (the options of the file system), and options (those
# of the mount). Reading the table asks no server, so it cannot hang.
split_mount() {
  options=$6 point=$5
  while [ "$1" != - ]; do shift; done
  type=$2
  # The source may be empty: the options are the last word, not the fourth.
  for super in "$@"; do :; done
}

# The mount that holds a path: the longest mount point, and of equal ones the last, which covers the others.
mount_of_path() {
  # Mount points are written with octal escapes.
  wanted=$(printf '%s' "$1" | sed "s/\\\\/\\\\134/g; s/ /\\\\040/g; s/$tab/\\\\011/g")
  best=none
  while read -r line; do
    # shellcheck disable=SC2086
    set -- $line
    point=$5
    [ "$point" != / ] || point=
    case $wanted/ in "$point"/*) ;; *) continue ;; esac
    [ "$best" = none ] || case $point/ in "$best"/*) ;; *) continue ;; esac
    best=$point best_line=$line
  done </proc/self/mountinfo
  # shellcheck disable=SC2086
  [ "$best" = none ] || split_mount $best_line
}

# The type of the mount with an id.
type_of_mount() {
  type='' mount=$1
  while read -r line; do
    # shellcheck disable=SC2086
    set -- $line
    [ "$1" != "$mount" ] || split_mount "$@"
  done </proc/self/mountinfo
}

accepted() {
  [ -n "$1" ] || return 1
  case " $file_systems " in *" $1 "*) return 0 ;; *) return 1 ;; esac
}

# Whether a text is a number that a shell reads in one way. Some shells run a command that is in an arithmetic
# expression, so that no other text may get into one.
is_number() {
  case $1 in '' | 0?* | *[!0-9]* | ????????????????*) return 1 ;; esac
}

# The time since the machine started, in hundredths of a second.
clock() {
  IFS='. ' read -r whole hundredths _ </proc/uptime
  # The 1 keeps 08 and 09 from being read as octal.
  hundredths=1$hundredths
  is_number "$whole" && is_number "$hundredths" || fail misconfigured "/proc/uptime is not a time"
  now=$((whole * 100 + hundredths - 100))
}

# What follows the name of the program in the kernel's line about a process. A name may be any text.
status_of() {
  sed -n '$s/.*) //p' "/proc/$1/stat" 2>/dev/null
}
`;

const child = String.raw`
# Everything below runs in a child: a process that waits for a dead server cannot be killed, and must not be
# waited for. It touches the library through its working directory only, so that a mount that goes away in between
# cannot put another disk in its place.
observe() {
  umask 022
  read -r number _ </proc/self/stat
  marker=$state/$prefix$number writing=./.nas-guard-$number
  # shellcheck disable=SC2046
  set -- $(status_of "$number")
  shift 19
  # Whatever is there is not a file of this process.
  rm -f "$marker"
  # Number and start time tell this process from a later one of the same number.
  printf '%s %s\n' "$1" "$began" >"$marker"
  verdict=unreadable
  cd "$library" && { look; } 3<.
  cd /
  rm -f "$marker"
  printf '%s\n' "$verdict" >&5
}

look() {
  here=''
  while read -r key value; do
    [ "$key" != mnt_id: ] || here=$value
  done </proc/self/fdinfo/3
  type_of_mount "$here"
  accepted "$type" || { verdict="wrong-filesystem $type"; return; }
  # With an exclamation mark before the brace, bash would take a file that cannot be opened for success.
  { compare; } 4<"./$sentinel" || {
    [ -e "./$sentinel" ] || [ -L "./$sentinel" ] || verdict='sentinel-missing'
    return
  }
  [ "$verdict" = ok ] || return
  [ "$write" = yes ] || return
  verdict=read-only
  # Not the command with a colon: where that one cannot open a file, the shell ends.
  true >"$writing" && rm -f "$writing" && verdict=ok
}

# The whole file is the id, with or without a line break behind it. A shell leaves out bytes of zero, so that the
# number of bytes that were read must be that of the id too.
compare() {
  found='' more='' expected=$id
  # The line break is a byte too.
  IFS= read -r found <&4 && expected=x$id
  IFS= read -r more <&4 && more='another line'
  verdict='sentinel-mismatch'
  [ "$found$more" = "$id" ] || return 0
  bytes=''
  while read -r key value; do
    [ "$key" != pos: ] || bytes=$value
  done </proc/self/fdinfo/4
  is_number "$bytes" && [ "$bytes" -le 1000 ] || return 0
  # A pattern of one question mark for each byte.
  shape=''
  while [ "$bytes" -gt 0 ]; do
    bytes=$((bytes - 1)) shape="$shape?"
  done
  # shellcheck disable=SC2254
  case $expected in $shape) verdict=ok ;; esac
}
`;

const parent = String.raw`
# Whether a process of an earlier run still waits, although its time is over.
hanging() {
  set +f
  for marker in "$state/$prefix"*; do
    set -f
    # A pipe would keep this waiting.
    [ -f "$marker" ] || continue
    # Half-written is alive: its writer is at work.
    { read -r start since <"$marker"; } 2>/dev/null || continue
    number=$(printf '%s' "$marker" | sed 's/.*-//')
    # What the guard did not write says nothing.
    if ! { is_number "$number" && is_number "$since" && alive "$number" "$start"; }; then rm -f "$marker"
    elif [ $((began - since)) -ge "$patience" ]; then return 0
    fi
  done
  set -f
  return 1
}

alive() {
  start=$2
  # shellcheck disable=SC2046
  set -- $(status_of "$1")
  [ "$#" -ge 20 ] || return 1
  # A dead process whose parent has not asked for its end waits for nothing.
  case $1 in Z | X) return 1 ;; esac
  shift 19
  [ "$1" = "$start" ]
}

examine() {
  mount_of_path "$library"
  # The root of the container, or of the machine, is never the NAS.
  case $best in '' | none) fail not-mounted ;; esac
  accepted "$type" || fail wrong-filesystem "$type"
  case ",$options,$super," in *,ro,*) fail read-only "mounted so" ;; esac
  clock
  began=$now
  ! hanging || fail timeout "an earlier look still waits"
  read -r number _ </proc/self/stat
  answer=$state/$prefix""answer-$number
  rm -f "$answer"
  { true >"$answer"; } 2>/dev/null || fail misconfigured "NAS_GUARD_STATE cannot be written"
  exec 5>"$answer"
  exec 6<"$answer"
  # Nameless from here on: an answer that comes too late goes nowhere.
  rm -f "$answer"
  # No stream of ours either: whoever reads what we print would wait for the child to end. Without the brackets,
  # dash would keep copies of the streams in the child.
  ( observe ) </dev/null >/dev/null 2>&1 6<&- &
  until IFS= read -r verdict <&6; do
    clock
    [ $((now - began)) -lt "$patience" ] || fail timeout "$seconds s"
    sleep 0.05 2>/dev/null || sleep 1
  done
  # It has answered and touches nothing any more.
  wait "$!"
  exec 5>&- 6<&-
  # shellcheck disable=SC2086
  [ "$verdict" = ok ] || { set -- $verdict; fail "$1" "$2"; }
}

prefix=.gatehouse-nas-guard-
tab=$(printf '\t')
line_break='
'
verb=$1
[ "$#" -eq 0 ] || shift
case $verb in
  check | start) write=yes ;;
  probe) write=no ;;
  *) fail misconfigured "usage: nas-guard.sh check | start COMMAND... | probe COMMAND..." ;;
esac
library=$(printf '%s' "$NAS_GUARD_LIBRARY" | sed 's://*:/:g; s:\(.\)/$:\1:')
sentinel=$NAS_GUARD_SENTINEL
id=$NAS_GUARD_ID
file_systems=$NAS_GUARD_FILE_SYSTEMS
seconds=$NAS_GUARD_SECONDS
state=$NAS_GUARD_STATE
[ -n "$state" ] || state=/tmp
case $library/ in *"$line_break"* | */../* | */./*) fail misconfigured "NAS_GUARD_LIBRARY is not a plain path" ;; esac
case $library in /?*) ;; *) fail misconfigured "NAS_GUARD_LIBRARY is not the absolute path of a folder" ;; esac
case $sentinel in '' | . | .. | */*) fail misconfigured "NAS_GUARD_SENTINEL is not the name of a file" ;; esac
case $id in '' | *[!0-9A-Za-z_.-]*) fail misconfigured "NAS_GUARD_ID is not a word" ;; esac
case $file_systems in *[!\ ]*) ;; *) fail misconfigured "NAS_GUARD_FILE_SYSTEMS is empty" ;; esac
case $seconds in '' | 0* | *[!0-9]* | ????*) fail misconfigured "NAS_GUARD_SECONDS is not 1 to 999" ;; esac
patience=$((seconds * 100))
[ "$verb" != start ] || [ "$#" -gt 0 ] || fail misconfigured "start needs a command"

examine
case $verb in
  check) echo 'NAS_GUARD: ok' ;;
  start) echo 'NAS_GUARD: ok' >&2 ;;
esac
case $verb in
  start | probe) [ "$#" -eq 0 ] || exec "$@" ;;
esac
`;
