import { fieldsAt, mapsAt, textAt } from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';

/** Whether a container of one of the objects has a variable, with this value where one is given. */
export function hasVariable(objects: readonly KubernetesObject[], name: string, value?: string): boolean {
  return objects.some((object) => {
    const pod = fieldsAt(object, 'spec', 'template', 'spec');
    const containers = [...mapsAt(pod, 'initContainers'), ...mapsAt(pod, 'containers')];
    return containers.some((container) =>
      mapsAt(container, 'env').some(
        (variable) =>
          textAt(variable, 'name') === name && (value === undefined || textAt(variable, 'value') === value),
      ),
    );
  });
}

/** Whether one of the objects is of a kind. */
export function hasKind(objects: readonly KubernetesObject[], ...kinds: readonly string[]): boolean {
  return objects.some(({ kind }) => kinds.includes(kind));
}
