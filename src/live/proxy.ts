/**
 * The proxy of the environment for a server, by the rules of kubectl: `HTTPS_PROXY`, except for this machine and what
 * `NO_PROXY` names.
 */
export function proxyFor(
  server: string,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const { protocol, hostname, port } = new URL(server);
  const proxy = env['HTTPS_PROXY'] || env['https_proxy'];
  if (protocol !== 'https:' || !proxy) return undefined;
  if (hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.')) return undefined;
  const excepted = (env['NO_PROXY'] || env['no_proxy'] || '').split(',').map((entry) => entry.trim());
  if (excepted.some((entry) => covers(entry, hostname.replace(/^\[|\]$/g, ''), port || '443')))
    return undefined;
  return proxy.includes('://') ? proxy : `http://${proxy}`;
}

/** An entry of `NO_PROXY`: `*`, an address, a range, or a domain with everything below it. */
function covers(entry: string, host: string, port: string): boolean {
  if (entry === '') return false;
  if (entry === '*') return true;
  const slash = entry.indexOf('/');
  if (slash > 0) return inRange(entry.slice(0, slash), Number(entry.slice(slash + 1)), host);
  const [, name = '', named] = /^\.?(.*?)(?::(\d+))?$/.exec(entry) ?? [];
  if (named !== undefined && named !== port) return false;
  return host === name || (host.endsWith(`.${name}`) && Number.isNaN(Number(host.at(-1))));
}

function inRange(network: string, bits: number, host: string): boolean {
  const [from, address] = [network, host].map((text) => text.split('.').map(Number));
  if (from?.length !== 4 || address?.length !== 4 || [...from, ...address].some(Number.isNaN)) return false;
  const number = (parts: readonly number[]) => parts.reduce((sum, part) => sum * 256 + part, 0);
  const size = 2 ** (32 - bits);
  return Math.floor(number(from) / size) === Math.floor(number(address) / size);
}
