import type { Places } from '../config/schemaProblem.ts';
import type { Path } from '../kubernetes/path.ts';
import type { Problem } from '../problems/problem.ts';

/** The line of the configuration with a field, or with the nearest parent that is there. */
export function placeOf(field: string, places: Places): Pick<Problem, 'file' | 'at'> {
  const path: Path = field.split('.');
  for (let length = path.length; length > 0; length--) {
    for (const document of [places.cluster, places.privateFile]) {
      const at = document?.locate(path.slice(0, length), 'key');
      if (document && at) return { file: document.file, at };
    }
  }
  return { file: places.cluster.file };
}
