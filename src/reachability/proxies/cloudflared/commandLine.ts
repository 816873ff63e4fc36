import { type Fields, textsAt } from '../../../kubernetes/fields.ts';

/** How cloudflared is started. */
export interface CommandLine {
  /** The commands, such as `tunnel` and `run`. */
  commands: readonly string[];
  /** The last value of each option; `true` for one that takes none. */
  options: ReadonlyMap<string, string>;
  /** What is after the commands: the name of the tunnel. */
  rest: readonly string[];
  /** Why cloudflared refuses it, if it does. */
  refused: string | undefined;
  /** Why it is not known what is started, if it is not. */
  unread: string | undefined;
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).filter((word) => word !== ''));

/**
 * The options that take no value, and those that take one, by the command that defines them (cloudflared 2026.8.2,
 * `cmd/cloudflared/tunnel/cmd.go` and `subcommands.go`). An option of `tunnel` after `run` is refused, and the other
 * way round, except for those that both define.
 */
const switches =
  words(`hello-world socks5 proxy-no-happy-eyeballs no-tls-verify no-chunked-encoding http2-origin
  ssh-server bastion is-autoupdated no-autoupdate no-prechecks use-reconnect-token stdin-control ui post-quantum pq
  management-diagnostics overwrite-dns f proxy-dns quic-disable-pmtu-discovery help h version v V`);
const ofBoth = words(`credentials-file cred-file protocol p post-quantum pq url hello-world socks5
  proxy-connect-timeout proxy-tls-timeout proxy-tcp-keepalive proxy-no-happy-eyeballs proxy-keepalive-connections
  proxy-keepalive-timeout proxy-connection-timeout proxy-expect-continue-timeout http-host-header origin-server-name
  unix-socket origin-ca-pool no-tls-verify no-chunked-encoding http2-origin management-hostname service-op-ip
  local-ssh-port ssh-idle-timeout ssh-max-timeout bucket-name region-name secret-id access-key-id session-token
  s3-url-host host-key-path ssh-server bastion proxy-address proxy-port help h`);
const ofRun = words(`credentials-contents features F token token-file icmpv4-src icmpv6-src max-active-flows
  dns-resolver-addrs`);
const ofTunnel = words(`config origincert autoupdate-freq no-autoupdate no-prechecks metrics pidfile loglevel
  transport-loglevel proto-loglevel logfile log-directory trace-output output is-autoupdated edge region
  edge-ip-version edge-bind-address cacert hostname id lb-pool api-key api-email api-ca-key api-url
  metrics-update-freq tag heartbeat-interval heartbeat-count max-edge-addr-retries retries ha-connections rpc-timeout
  write-stream-timeout quic-disable-pmtu-discovery quic-connection-level-flow-control-limit
  quic-stream-level-flow-control-limit label grace-period compression-quality use-reconnect-token dial-edge-timeout
  stdin-control name n ui quick-service max-fetch-size management-diagnostics overwrite-dns f proxy-dns proxy-dns-port
  proxy-dns-address proxy-dns-upstream proxy-dns-max-upstream-conns proxy-dns-bootstrap version v V`);

const shells = /(?:^|\/)(?:sh|ash|bash|dash|zsh|busybox|env|tini|dumb-init|s6-\w+)$/;

/** What a container of cloudflared runs. The image runs `cloudflared --no-autoupdate`, and `version` by itself. */
export function readCommandLine(container: Fields): CommandLine {
  const command = textsAt(container, 'command');
  const given = textsAt(container, 'args');
  if (command.length === 0) return given.length === 0 ? nothing : parse(given);
  const [program = '', ...more] = command;
  const all = [...more, ...given];
  if (/(?:^|\/)cloudflared$/.test(program)) return parse(all);
  const script = shells.test(program) && all[0] === '-c' && all.length === 2 ? all[1]?.trim() : undefined;
  const plain = /^(?:exec\s+)?(?:\/\S*\/)?cloudflared((?:\s+[\w./:=,@-]+)*)$/.exec(script ?? '');
  if (plain !== null) return parse((plain[1] ?? '').split(/\s+/).filter((word) => word !== ''));
  return { ...nothing, unread: 'its command is a script that is not read, and may write its configuration' };
}

const nothing: CommandLine = {
  commands: [],
  options: new Map(),
  rest: [],
  refused: undefined,
  unread: undefined,
};

function parse(given: readonly string[]): CommandLine {
  const options = new Map<string, string>();
  const commands: string[] = [];
  const rest: string[] = [];
  let refused: string | undefined;
  let unread: string | undefined;
  for (let at = 0; at < given.length; at++) {
    const word = given[at] ?? '';
    const option = rest.length === 0 ? /^--?([A-Za-z0-9][\w-]*)(?:=([\s\S]*))?$/.exec(word) : null;
    if (option === null) {
      if (rest.length > 0 || commands.at(-1) === 'run' || commands.length >= 2) rest.push(word);
      else commands.push(word);
      continue;
    }
    const [, name = '', value] = option;
    const inRun = commands.at(-1) === 'run';
    const own = inRun ? ofRun : ofTunnel;
    if (!own.has(name) && !ofBoth.has(name)) {
      const elsewhere = inRun ? ofTunnel.has(name) : ofRun.has(name);
      const place = inRun ? 'run' : (commands.at(-1) ?? 'cloudflared');
      if (elsewhere) refused ??= `${place} has no option --${name}`;
      else unread ??= `its option --${name} is not known`;
    }
    if (switches.has(name)) options.set(name, value ?? 'true');
    else if (value !== undefined) options.set(name, value);
    else options.set(name, given[++at] ?? '');
  }
  return { commands, options, rest, refused, unread };
}
