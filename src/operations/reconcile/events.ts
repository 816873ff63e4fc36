import { numberAt, textAt } from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { LiveCluster, LiveReference } from '../../live/cluster.ts';

/** An event of an object. */
export interface SeenEvent {
  /** As RFC 3339; empty where the event does not say. */
  at: string;
  type: string;
  reason: string;
  message: string;
  /** How often it came. */
  count: number;
}

/** The last events of an object, the oldest first. Kubernetes forgets them after an hour. */
export async function lastEvents(
  cluster: LiveCluster,
  { kind, name, namespace }: LiveReference,
  most = 5,
): Promise<SeenEvent[]> {
  const fieldSelector = `involvedObject.kind=${kind},involvedObject.name=${name}`;
  const found = (await cluster.list({ apiVersion: 'v1', kind: 'Event', namespace, fieldSelector })) ?? [];
  return found
    .map(eventOf)
    .sort((one, other) => one.at.localeCompare(other.at))
    .slice(-most);
}

function eventOf(event: KubernetesObject): SeenEvent {
  return {
    at:
      textAt(event, 'lastTimestamp') ??
      textAt(event, 'series', 'lastObservedTime') ??
      textAt(event, 'eventTime') ??
      '',
    type: textAt(event, 'type') ?? 'Normal',
    reason: textAt(event, 'reason') ?? '',
    message: (textAt(event, 'message') ?? '').trim(),
    count: numberAt(event, 'count') ?? numberAt(event, 'series', 'count') ?? 1,
  };
}
