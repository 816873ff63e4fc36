import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { Effect } from '../model/unmodelled.ts';

/** What is known of a kind. A kind that no family lists is unknown, and may make anything in its own namespace. */
export type KindReading =
  /** Its objects are read, by the named part of the model. */
  | { state: 'modelled'; by: Reader }
  /** No object of it can break a promise. */
  | { state: 'harmless'; why: string; source: string }
  /** Its objects lead in past the tunnel by their nature. */
  | { state: 'leads-in'; source: string }
  /** Its objects are not read, and may break promises. */
  | ({ state: 'unread'; source: string } & Unread);

/** The parts of the model that read objects. */
export type Reader =
  | 'controllers'
  | 'enforcement'
  | 'flux'
  | 'gateways'
  | 'ingresses'
  | 'namespaces'
  | 'policies'
  | 'resourceSets'
  | 'secrets'
  | 'services'
  | 'configuration'
  | 'workloads';

/** What an object of a kind that is not read may bring to the cluster. */
export interface Unread {
  effects: readonly Effect[];
  /** Where: its own namespace, or any. */
  scope: 'own' | 'any';
  /** Completes `<Kind> <name>`: `makes pods that are not read`. */
  does: string;
  /** Effects and places that its fields decide. Empty if this object has no effect. */
  narrow?: (object: KubernetesObject) => readonly Partial<Pick<Reach, 'effects' | 'namespace'>>[];
}

/** Effects in one namespace, or in any if it is undefined. */
export interface Reach {
  effects: readonly Effect[];
  namespace: string | undefined;
}

/** Kinds of one API group and how they are read: `group`, or `*.group` for every group below it. */
export interface KindFamily {
  group: string;
  /** `*` for every other kind of the group. */
  kinds: readonly string[];
  reading: KindReading;
}

export function modelled(by: Reader, group: string, ...kinds: string[]): KindFamily {
  return { group, kinds, reading: { state: 'modelled', by } };
}

export function harmless(why: string, source: string, group: string, ...kinds: string[]): KindFamily {
  return { group, kinds, reading: { state: 'harmless', why, source } };
}

export function leadsIn(source: string, group: string, ...kinds: string[]): KindFamily {
  return { group, kinds, reading: { state: 'leads-in', source } };
}

export function unread(what: Unread, source: string, group: string, ...kinds: string[]): KindFamily {
  return { group, kinds, reading: { state: 'unread', source, ...what } };
}

/** Pods, and nothing that leads to them. */
export const makesPods: Unread = { effects: ['pods'], scope: 'own', does: 'makes pods that are not read' };

/** Pods and Services, of whatever type its fields say. */
export const makesServices: Unread = {
  effects: ['pods', 'services'],
  scope: 'own',
  does: 'makes pods and Services that are not read',
};

/** Pods, Services, and ways that lead to them. */
export const makesRoutes: Unread = {
  effects: ['pods', 'services', 'routes'],
  scope: 'own',
  does: 'makes pods, Services and routes that are not read',
};

/** The same with network policies. */
export const makesAll: Unread = {
  effects: ['pods', 'services', 'routes', 'policies'],
  scope: 'own',
  does: 'makes objects that are not read',
};

/** An object of this kind may make objects of every kind in every namespace. */
export const makesAllAnywhere: Unread = { ...makesAll, scope: 'any' };

/** Routes that some controller serves. */
export const makesWaysIn: Unread = {
  effects: ['routes'],
  scope: 'own',
  does: 'may lead in past the tunnel, and is not read',
};
