import type { LiveQuestion } from '../../components/contract/checks.ts';
import type { Answer } from '../check.ts';
import type { LiveCluster } from '../cluster.ts';

/** Whether the API server serves kinds. */
export async function askServed(
  { kinds }: Extract<LiveQuestion, { kind: 'served' }>,
  cluster: LiveCluster,
): Promise<Answer> {
  const { served, missing } = await cluster.kinds();
  const isServed = (wanted: { apiVersion: string; kind: string }): boolean =>
    served.some(({ apiVersion, kind }) => apiVersion === wanted.apiVersion && kind === wanted.kind);
  const absent = kinds.filter((kind) => !isServed(kind));
  const unknown = absent.filter(({ apiVersion }) => missing.includes(apiVersion));
  const nameOf = ({ apiVersion, kind }: { apiVersion: string; kind: string }): string =>
    `${kind} (${apiVersion})`;
  if (absent.length === 0)
    return { verdict: 'kept', evidence: [`The API server serves ${kinds.map(nameOf).join(', ')}`] };
  return {
    verdict: unknown.length === absent.length ? 'not checked' : 'broken',
    evidence: absent.map((kind) =>
      unknown.includes(kind)
        ? `Whoever serves ${nameOf(kind)} does not answer`
        : `The API server does not serve ${nameOf(kind)}`,
    ),
  };
}
