import type { LiveCheck } from '../contract/checks.ts';
import type { BuildContext } from '../contract/component.ts';
import { talosApiSetting } from '../shared/talosVersions.ts';
import { namespace, operator, upgrades } from './names.ts';
import type { TupprSection } from './section.ts';
import { healthChecks, runningVersions } from './upgrades.ts';

const apiVersion = 'tuppr.home-operations.com/v1alpha1';
const field = 'tuppr';

/** What may be going on while nothing is wrong: every phase but `Failed` (`api/v1alpha1` of tuppr 0.5). */
const goodPhases = [
  'Pending',
  'HealthChecking',
  'PreHook',
  'Draining',
  'Upgrading',
  'Rebooting',
  'PostHook',
  'Completed',
  'MaintenanceWindow',
];

/** The verification of tuppr, step by step. Step 1 is of the component talos, which has the patch. */
export function tupprChecks(context: BuildContext<TupprSection>): LiveCheck[] {
  if (runningVersions(context) === undefined) return [];
  return [
    roleCheck(context),
    {
      id: 'tuppr-pods',
      promise: 'The controller of upgrades is ready',
      question: {
        kind: 'condition',
        of: { apiVersion: 'v1', kind: 'Pod', namespace, labels: operator.labels },
        type: 'Ready',
        status: 'True',
      },
      remedy: `kubectl -n ${namespace} describe pods -l app.kubernetes.io/name=tuppr`,
      replaces: 'tuppr verification, step 3',
      field,
    },
    {
      id: 'tuppr-definitions',
      promise: 'The kinds of tuppr are there',
      question: {
        kind: 'served',
        kinds: [
          { apiVersion, kind: 'TalosUpgrade' },
          { apiVersion, kind: 'KubernetesUpgrade' },
        ],
      },
      remedy: `See that the release installed them: kubectl -n ${namespace} describe helmrelease tuppr`,
      replaces: 'tuppr verification, step 4',
      field,
    },
    phaseCheck('TalosUpgrade', upgrades.talos),
    phaseCheck('KubernetesUpgrade', upgrades.kubernetes),
    ...healthCheckChecks(context),
  ];
}

function roleCheck({ settings }: BuildContext<TupprSection>): LiveCheck {
  return {
    id: 'tuppr-os-admin',
    promise: 'The nodes let tuppr be os:admin',
    question: {
      kind: 'talos-api',
      document: talosApiSetting(settings.cluster.talos).isDocument,
      roles: ['os:admin'],
      namespaces: [namespace],
    },
    remedy:
      'Give the nodes the patch again, as the step "Let pods call the Talos API" of docs/quickstart.md says',
    replaces: 'tuppr verification, step 2',
    field,
  };
}

function phaseCheck(kind: 'TalosUpgrade' | 'KubernetesUpgrade', name: string): LiveCheck {
  return {
    id: `tuppr-${kind === 'TalosUpgrade' ? 'talos' : 'kubernetes'}-upgrade`,
    promise: `No upgrade of ${kind === 'TalosUpgrade' ? 'Talos' : 'Kubernetes'} has failed`,
    question: {
      kind: 'value',
      of: { apiVersion, kind, name },
      path: ['status', 'phase'],
      oneOf: goodPhases,
    },
    remedy: `See why: kubectl describe ${kind.toLowerCase()} ${name}`,
    replaces: 'tuppr verification, step 5',
    field,
  };
}

/**
 * Each health check as tuppr would evaluate it now: for all objects of the kind, where no object at all is consent
 * (`internal/healthcheck/checker.go`, `evaluateAllResources`), and a kind that is not there is none. What passes by itself,
 * such as a backup, does not make the promise broken.
 */
function healthCheckChecks(context: BuildContext<TupprSection>): LiveCheck[] {
  const passing = new Set(
    context.provided('health').flatMap(({ passes, description }) => (passes ? description : [])),
  );
  return healthChecks(context).map(
    ({ apiVersion: version, kind, namespace: where, name, expr, description = expr }) => ({
      id: `tuppr-health-${slug(description)}`,
      promise: passing.has(description)
        ? `Upgrades wait until this holds, and it can be evaluated: ${description}`
        : `An upgrade would go on: ${description}`,
      question: {
        kind: 'expression',
        of: {
          apiVersion: version,
          kind,
          ...(where === undefined ? {} : { namespace: where }),
          ...(name === undefined ? {} : { name }),
        },
        expr,
        none: 'kept',
        ...(passing.has(description) ? { isFalse: 'kept' as const } : {}),
      },
      remedy: `No node goes down before this holds: kubectl ${where === undefined ? '' : `-n ${where} `}get ${kind.toLowerCase()} -o yaml`,
      replaces: 'tuppr verification, step 6',
      field,
    }),
  );
}

function slug(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}
