import { fluxNamespace } from '../../components/shared/reconciliation.ts';
import type { SecretDelivery } from '../plan.ts';

/** The commands that create a Secret by hand. The namespace comes first: only that of Flux is there by then. */
export function createCommand({ name, namespace, keys }: SecretDelivery): string {
  const parts = keys.map(({ key, create }) =>
    'fromFile' in create
      ? `--from-file=${key}=${create.fromFile}`
      : `--from-literal=${key}=${shellWord(create.literal)}`,
  );
  const create = `kubectl create namespace ${namespace} --dry-run=client -o yaml | kubectl apply -f -`;
  return [
    ...(namespace === fluxNamespace ? [] : [create]),
    `kubectl -n ${namespace} create secret generic ${name} \\\n  ${parts.join(' \\\n  ')}`,
  ].join('\n');
}

/** Quotes a reference that is the whole word, so that what is filled in stays one word. The rest is shell already. */
function shellWord(literal: string): string {
  return /^\$\{\w+\}$/.test(literal) ? `'${literal}'` : literal;
}
