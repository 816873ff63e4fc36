import { type Fields, fieldsAt, textsAt } from '../../kubernetes/fields.ts';
import type { SourcedObject } from '../../manifests/sourcedObject.ts';
import { type Fieldwise, type UnreadField, unreadFields } from '../kinds/fieldUse.ts';
import { envoyProxyFields } from './envoyFields.ts';
import { namesOf } from './policyTargets.ts';

/** The fields of the `spec` of an object of which the effect is not known, as sentences. */
export function unreadSettings(source: SourcedObject, table: Fieldwise): readonly string[] {
  return unreadFields(table, fieldsAt(source.object, 'spec')).map(
    ({ path, effect }) => `spec.${path} of ${source.object.kind} ${namesOf([source])} is not read: ${effect}`,
  );
}

/** Arguments of Envoy, or their values, that decide how it runs and logs (Envoy 1.39, command line options). */
const harmlessArgument =
  /^(?:[^-].*|--(?:use-dynamic-base-id|disable-hot-restart|log-level|component-log-level|log-format|log-path|concurrency|drain-time-s|drain-strategy|parent-shutdown-time-s|cpuset-threads|restart-epoch|base-id|file-flush-interval-msec|file-flush-min-size-kb)(?:=.*)?|-l)$/;

/** The fields of an EnvoyProxy of which the effect is not known. */
export function unreadProxyFields(envoyProxy: Fields): readonly UnreadField[] {
  const strange = textsAt(envoyProxy, 'spec', 'extraArgs').find((text) => !harmlessArgument.test(text));
  const effect = `argument ${strange ?? ''} may change any part of the configuration of Envoy`;
  return [
    ...unreadFields(envoyProxyFields, fieldsAt(envoyProxy, 'spec')),
    ...(strange === undefined ? [] : [{ path: 'extraArgs', effect }]),
  ];
}
