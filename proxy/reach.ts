import { sharedState } from './sharedState.ts';

/**
 * Whether the app has been reached since nginx started, on the way that requests take: its name is resolved, and the
 * network policies of the app know this pod. Once it has been, the app is not asked again: whether it answers later says
 * nothing about the proxy. An app that does not answer is waited for only for a time, so that a proxy which starts while
 * the app is down refuses and answers as before.
 */
export async function hasReachedApp(r: NginxHTTPRequest): Promise<boolean> {
  const state = sharedState();
  if (state === undefined || state.has('app-reached')) return true;
  state.add('app-awaited-since', String(Date.now()));
  if (await answers(r)) {
    state.add('app-reached', '1');
    return true;
  }
  const waited = Date.now() - Number(state.get('app-awaited-since'));
  if (waited < Number(r.variables['gatehouse_app_wait']) * 1000) return false;
  if (state.add('app-reached', '1'))
    ngx.log(ngx.WARN, 'gatehouse: the app has not been reached; requests get 503 until it is');
  return true;
}

/** Asks nginx itself, which passes one fixed request on. */
async function answers({ variables }: NginxHTTPRequest): Promise<boolean> {
  try {
    const { status } = await ngx.fetch(variables['gatehouse_app'] ?? '', { method: 'HEAD' });
    // What nginx says when nobody else does.
    return status !== 502 && status !== 504;
  } catch {
    return false;
  }
}
