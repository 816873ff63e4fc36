import type { SecretNeed } from '../../components/contract/component.ts';
import { namespace as fluxNamespace } from '../../components/flux/names.ts';

/** The lines that make a Secret by hand. Its namespace comes first, since nothing else has made it yet but Flux's own. */
export function createCommand({ name, namespace, keys }: SecretNeed): string {
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

/** A reference that stands alone is quoted, so that what is filled in stays one word; the rest is shell already. */
function shellWord(literal: string): string {
  return /^\$\{\w+\}$/.test(literal) ? `'${literal}'` : literal;
}
