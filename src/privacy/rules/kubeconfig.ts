import { isPlaceholder, looksRandom } from './placeholder.ts';
import type { DocumentRule } from './rule.ts';

/** The token or password of a user in a kubeconfig. Other rules find its keys by their shape. */
export const kubeconfig: DocumentRule = {
  id: 'kubeconfig',
  reason: 'credentials of a Kubernetes user',
  anchors: ['current-context'],
  find(_text, documents) {
    return documents().flatMap(({ leaves }) => {
      if (!leaves.some(({ path, value }) => path.join('.') === 'kind' && value === 'Config')) return [];
      return leaves
        .filter(({ path, value }) => {
          const isCredential =
            path[0] === 'users' && path[2] === 'user' && /^(?:token|password)$/.test(path[3] ?? '');
          return isCredential && !value.startsWith('ENC[') && !isPlaceholder(value) && looksRandom(value, 5);
        })
        .map(({ path, start, end }) => ({ start, end, field: path.slice(2).join('.') }));
    });
  },
};
