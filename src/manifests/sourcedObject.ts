import { defined } from '../kubernetes/defined.ts';
import { textAt } from '../kubernetes/fields.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';

/** An object and where it was read. */
export interface SourcedObject {
  object: KubernetesObject;
  /** Path of the file from the root of the repository. */
  file: string;
  /** First line of the document, counted from 1. */
  line?: number;
  /** The file holds this object encrypted, and `object` is what it decrypts to. */
  encrypted?: boolean;
  /** The template of a chart that makes this object; file and line are those of the release then. */
  template?: string;
  /**
   * The Flux Kustomization that applies this object, as `namespace/name`: either all objects of it are applied or none.
   * Undefined for what no Flux Kustomization applies, such as what an entry applies. The object of a chart, which has a
   * `template`, has that of its release: helm installs it, so that an object of a chart does not make the rest of the
   * Kustomization fail.
   */
  appliedBy?: string;
  /** Set on what makes more objects, where it is known why those are not seen. */
  unseen?: Omit<Unknown, 'object'>;
  /**
   * Why the API server or Flux refuses the object, as a sentence that names it. Flux does a dry run of all objects of a
   * Kustomization first, so nothing of the Kustomization that applies it is applied either.
   */
  refused?: string;
  /**
   * Why the cluster may run another form of the object, or none, as a sentence that names what decides. The object
   * proves nothing then: a policy does not protect, and what it would open is unknown.
   */
  uncertain?: string;
}

/** Names an object and its place. */
export interface ObjectRef {
  kind: string;
  name: string;
  namespace?: string;
  file: string;
  line?: number;
  /** The template of a chart that makes it; file and line are those of the release then. */
  template?: string;
}

/** Something that the objects do not tell, and what would make it known. */
export interface Unknown {
  object?: ObjectRef;
  sentence: string;
  remedy: string;
}

export function refOf({ object, file, line, template }: SourcedObject): ObjectRef {
  return defined({
    kind: textAt(object, 'kind') ?? '',
    name: textAt(object, 'metadata', 'name') ?? '',
    namespace: textAt(object, 'metadata', 'namespace'),
    file,
    line,
    template,
  });
}

/** `Kind namespace/name`, as sentences name an object. */
export function describeObject(ref: ObjectRef): string {
  return `${ref.kind} ${ref.namespace === undefined ? '' : `${ref.namespace}/`}${ref.name}`;
}

/** Whether of a Secret the name alone was read, as of those of a running cluster that Git does not have. */
export function isUnreadSecret({ object, encrypted }: SourcedObject): boolean {
  return (
    object.kind === 'Secret' &&
    encrypted === true &&
    object['data'] === undefined &&
    object['stringData'] === undefined
  );
}
