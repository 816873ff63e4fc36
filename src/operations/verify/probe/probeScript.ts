/** What the script says of one connection. */
export type ProbeLetter =
  /** It was opened. */
  | 'o'
  /** It was refused, by a policy or by the other side. */
  | 'r'
  /** Nothing came back. */
  | 't'
  /** There is no way there, says the network. */
  | 'u'
  /** It failed, and the program does not say why. */
  | 'n';

/**
 * Tries connections, and writes one letter for each into the termination message, and one line for each name. Its parameters: a
 * directory for its files, the file of the message, the seconds to wait before, the names, and each target as `ADDRESS/PORT`. It
 * is POSIX sh for bash, dash and busybox, with `timeout`, `sleep` and `cat`.
 *
 * bash opens a connection by itself and tells why it could not. `nc` of busybox keeps one open until the other side ends it, so
 * that one which has to be ended was open.
 */
export const probeScript = `
out=$1 message=$2 settling=$3 names=$4
shift 4
export LC_ALL=C
if command -v bash >/dev/null 2>&1; then with=bash; else with=nc; fi

# What came of one connection, as a letter.
try() {
  address=\${1%/*} port=\${1##*/}
  if [ "$with" = bash ]; then
    said=$(timeout 4 bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$address" "$port" 2>&1)
  else
    said=$(timeout 6 nc -w 3 "$address" "$port" </dev/null 2>&1 >/dev/null)
  fi
  code=$?
  case $with,$code,$said in
    *,0,*) echo o ;;
    nc,124,* | nc,137,* | nc,143,*) echo o ;;
    bash,124,* | bash,137,* | bash,143,*) echo t ;;
    *refused*) echo r ;;
    *'timed out'*) echo t ;;
    *unreachable* | *'o route'* | *prohibited* | *permitted* | *ermission*) echo u ;;
    *) echo n ;;
  esac
}

# Tries all that are named by their numbers, sixteen at a time.
round() {
  wanted=$1
  shift
  number=0 running=0
  for target; do
    number=$((number + 1))
    case $wanted in all | *" $number "*) ;; *) continue ;; esac
    { try "$target" >"$out/$number"; } &
    running=$((running + 1))
    [ "$running" -lt 16 ] || { wait; running=0; }
  done
  wait
}

sleep "$settling"
round all "$@"
# Rules that are written late let a first connection pass: only one that stays open counts.
open=' ' number=0
for target; do
  number=$((number + 1))
  [ "$(cat "$out/$number")" != o ] || open="$open$number "
done
[ "$open" = ' ' ] || { sleep 3; round "$open" "$@"; }

letters='' number=0
for target; do
  number=$((number + 1))
  letters=$letters$(cat "$out/$number")
done
# The addresses of a name on one line; nothing where it does not exist.
addresses() {
  if command -v getent >/dev/null 2>&1; then
    said=$(timeout 10 getent ahosts "$1")
    case $? in 0 | 2) ;; *) echo failed; return ;; esac
    echo "$said" | while read -r address _; do echo "$address"; done
  elif command -v nslookup >/dev/null 2>&1; then
    said=$(timeout 10 nslookup "$1" 2>&1)
    case $?,$said in
      0,*) ;;
      *NXDOMAIN* | *"can't find"* | *'not resolve'*) return ;;
      *) echo failed; return ;;
    esac
    # The name server comes first.
    seen=no
    echo "$said" | while read -r word one two _; do
      case $word,$seen in
        Name:,*) seen=yes ;;
        Address:,yes) echo "$one" ;;
        Address,yes) echo "$two" ;;
      esac
    done
  else
    echo unasked
  fi
}

result="gatehouse-probe $letters"
for name in $names; do
  result="$result
$(echo $(addresses "$name"))"
done
printf '%s\\n' "$result" >"$message"
`;

/** What a pod found: the letters in the order of the targets, and the addresses of each name. */
export interface ProbeAnswers {
  letters: readonly ProbeLetter[];
  /** Undefined where the image has no program for it, or it failed. */
  names: readonly (readonly string[] | undefined)[];
}

/** Reads the termination message; undefined where it is not one of the script, or is not whole. */
export function answersIn(message: string, targets: number, names: number): ProbeAnswers | undefined {
  const [first = '', ...lines] = message.replace(/\n$/, '').split('\n');
  const letters = /^gatehouse-probe ([ortun]*)$/.exec(first)?.[1];
  if (letters?.length !== targets || lines.length !== names) return undefined;
  return {
    letters: [...letters] as ProbeLetter[],
    names: lines.map((line) =>
      /^(?:failed|unasked)$/.test(line)
        ? undefined
        : [...new Set(line.split(' ').filter(Boolean))].toSorted(),
    ),
  };
}
