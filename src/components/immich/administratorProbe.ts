/** What the readiness probe says when it fails, after `not ready: `. Kubelet writes it into the event. */
export const probeMessages = {
  noAdministrator: 'there is no administrator yet',
  noAnswer: 'Immich does not answer',
  other: 'the answer does not say whether there is an administrator',
} as const;

/**
 * A script for `sh`: the server of this address answers, and has an administrator. It says in words why not.
 *
 * No `$(…)` in it: kubelet takes that for a variable of the container.
 */
export function administratorProbe(address: string): string {
  return `curl -fsS -m 5 ${address}/api/server/config | {
  IFS= read -r answer
  case $answer in
    *'"isInitialized":true'*) exit 0 ;;
    *'"isInitialized":false'*) why='${probeMessages.noAdministrator}' ;;
    '') why='${probeMessages.noAnswer}' ;;
    *) why='${probeMessages.other}' ;;
  esac
  echo "not ready: $why"
  exit 1
}`;
}
