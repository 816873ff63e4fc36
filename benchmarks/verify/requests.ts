import { readFileSync } from 'node:fs';

/** A request that a run sent: where to, its path without the query, and how long it took. */
export interface SentRequest {
  host: string;
  path: string;
  /** Undefined where no answer came. */
  status?: number;
  milliseconds: number;
}

/** A module that notes what a program of Node sends, whoever sends it. It writes to the file that NOTED_REQUESTS names. */
const noting = `
import { subscribe } from 'node:diagnostics_channel';
import { writeFileSync } from 'node:fs';
const sent = new Map();
subscribe('http.client.request.start', ({ request }) => sent.set(request, { began: performance.now() }));
const ended = ({ request, response }) => {
  const noted = sent.get(request);
  Object.assign(noted, { status: response?.statusCode, milliseconds: performance.now() - noted.began });
};
subscribe('http.client.response.finish', ended);
subscribe('http.client.request.error', ended);
process.on('exit', () => {
  const all = [...sent].map(([request, { status, milliseconds = 0 }]) => ({
    host: request.getHeader('host'), path: request.path.replace(/\\?.*/s, ''), status, milliseconds,
  }));
  writeFileSync(process.env.NOTED_REQUESTS, JSON.stringify(all));
});`;

/** What a program of Node has to be started with, so that its requests are noted in a file. */
export function notingRequests(file: string): {
  parameters: readonly string[];
  environment: Record<string, string>;
  read: () => readonly SentRequest[];
} {
  return {
    parameters: ['--import', `data:text/javascript,${encodeURIComponent(noting)}`],
    environment: { NOTED_REQUESTS: file },
    read: () => JSON.parse(readFileSync(file, 'utf8')) as SentRequest[],
  };
}

/** Requests by what they are for, with how many there are and how long the slowest took. */
export function summaryOf(requests: readonly SentRequest[], apiServer: string): string {
  const groups = new Map<string, SentRequest[]>();
  for (const request of requests) {
    const purpose = purposeOf(request, apiServer);
    groups.set(purpose, [...(groups.get(purpose) ?? []), request]);
  }
  return [...groups]
    .map(([purpose, those]) => {
      const slowest = Math.max(...those.map(({ milliseconds }) => milliseconds));
      const failed = those.filter(({ status }) => status === undefined || status >= 300).length;
      return `  ${those.length} ${purpose}, at most ${Math.round(slowest)} ms${failed > 0 ? `, ${failed} without success` : ''}\n`;
    })
    .join('');
}

function purposeOf({ host, path }: SentRequest, apiServer: string): string {
  if (host !== apiServer) return 'to the store outside';
  if (path.includes('/proxy/')) return 'to the store in the cluster';
  const isList = path.startsWith('/api') && !path.includes('/namespaces/') && path.split('/').length > 3;
  return isList ? 'pages of all objects of a kind' : path;
}
