import type { ConfigData } from '../../../tests/testDirectory.ts';
import {
  type BrokenPromise,
  type Family,
  type Mutation,
  namespacesOf,
  ofKind,
  placeOf,
} from '../operator.ts';
import type { Document, Draft, Tree } from '../tree.ts';
import {
  isPolicy,
  kustomizations,
  openRules,
  ownerOf,
  policies,
  stillDenied,
  targetOf,
} from './appliedObjects.ts';

const any: readonly BrokenPromise[] = [{ invariant: 'any' }];

const fluxSource = 'Flux, kustomize-controller 1.9, Kustomization';
function eachKustomization(
  tree: Tree,
  change: (spec: ConfigData, metadata: ConfigData) => void,
  more: (document: Document) => Partial<Mutation> = () => ({ breaks: any }),
): readonly Mutation[] {
  const inhabited = new Set(namespacesOf(tree).map(([namespace]) => namespace));
  const matters = ({ object: { kind, metadata } }: Document): boolean =>
    /^(?:Deployment|StatefulSet|Job|Service|\w*NetworkPolicy)$/.test(kind) &&
    inhabited.has(metadata.namespace);
  const applying = kustomizations(tree).filter((kustomization) =>
    tree.documents.some((document) => matters(document) && ownerOf(tree, document) === kustomization),
  );
  return applying.map((document) => ({
    where: placeOf(document),
    change: (draft) => {
      const { spec, metadata } = draft.get(document);
      change(spec, metadata);
    },
    ...more(document),
  }));
}

/** A policy that Flux never applies: the cluster is as without it. */
function eachPolicyNotApplied(
  tree: Tree,
  change: (draft: Draft, policy: Document) => void,
): readonly Mutation[] {
  return policies(tree).map((document) => ({
    where: placeOf(document),
    change: (draft) => change(draft, document),
    really: (draft) => draft.remove(document),
  }));
}

const annotate = (key: string, value: string) => (draft: Draft, document: Document) => {
  const { metadata } = draft.get(document);
  metadata.annotations = { ...metadata.annotations, [key]: value };
};

export const fluxFamily: Family = {
  title: 'Flux',
  operators: [
    {
      id: 'reconcile-disabled',
      does: 'Annotates a policy with `kustomize.toolkit.fluxcd.io/reconcile: disabled`: Flux does not apply it',
      source: `${fluxSource}, Controlling the apply behavior of resources`,
      equivalent: stillDenied,
      mutations: (tree) =>
        eachPolicyNotApplied(tree, annotate('kustomize.toolkit.fluxcd.io/reconcile', 'disabled')),
    },
    {
      id: 'apply-ignored',
      does: 'Annotates a policy with `kustomize.toolkit.fluxcd.io/ssa: Ignore`: Flux does not apply it',
      source: `${fluxSource}, Controlling the apply behavior of resources`,
      equivalent: stillDenied,
      mutations: (tree) => eachPolicyNotApplied(tree, annotate('kustomize.toolkit.fluxcd.io/ssa', 'Ignore')),
    },
    {
      id: 'apply-if-absent',
      does: 'Annotates a policy with `kustomize.toolkit.fluxcd.io/ssa: IfNotPresent`: one that is there stays as it is',
      source: `${fluxSource}, Controlling the apply behavior of resources`,
      equivalent: stillDenied,
      mutations: (tree) =>
        eachPolicyNotApplied(tree, annotate('kustomize.toolkit.fluxcd.io/ssa', 'IfNotPresent')),
    },
    {
      id: 'flux-patch-opens',
      does: 'Opens the ingress of a policy by a patch of the Flux Kustomization',
      source: `${fluxSource}, Patches`,
      equivalent: 'the policy selects no pods of the objects, or another Kustomization applies it',
      mutations: (tree) =>
        policies(tree)
          .filter(isPolicy)
          .flatMap((document) => {
            const owner = ownerOf(tree, document);
            if (owner === undefined) return [];
            return [
              {
                where: `${placeOf(document)} by ${owner.object.metadata.name}`,
                change: (draft: Draft) => {
                  const { spec } = draft.get(owner);
                  spec.patches = [
                    {
                      target: targetOf(document),
                      patch: '[{"op": "add", "path": "/spec/ingress", "value": [{}]}]',
                    },
                  ];
                },
                really: (draft: Draft) => openRules(draft, document),
              },
            ];
          }),
    },
    {
      id: 'value-overridden',
      does: 'Overrides a range of addresses with `postBuild.substitute`',
      source: `${fluxSource}, Post build variable substitution: \`substitute\` precedes \`substituteFrom\``,
      equivalent: 'no policy that it applies names the range',
      mutations: (tree) =>
        [...tree.values.keys()]
          .filter((name) => /RANGE/.test(name))
          .flatMap((name) =>
            eachKustomization(
              tree,
              (spec) => {
                spec.postBuild = { ...spec.postBuild, substitute: { [name]: '0.0.0.0/0' } };
              },
              (document) => ({
                where: `${name} in ${placeOf(document)}`,
                really: (draft) => {
                  for (const policy of policies(tree))
                    if (ownerOf(tree, policy) === document)
                      replaceText(draft.get(policy), `\${${name}}`, '0.0.0.0/0');
                },
              }),
            ),
          ),
    },
    {
      id: 'source-of-another-repository',
      does: 'Lets a Flux Kustomization take its directory from another repository',
      source: `${fluxSource}, Source reference`,
      mutations: (tree) =>
        eachKustomization(tree, (spec) => {
          spec.sourceRef = { kind: 'GitRepository', name: 'elsewhere' };
        }),
    },
    {
      id: 'source-of-a-bucket',
      does: 'Lets a Flux Kustomization take its directory from a Bucket',
      source: `${fluxSource}, Source reference`,
      mutations: (tree) =>
        eachKustomization(tree, (spec) => {
          spec.sourceRef = { kind: 'Bucket', name: spec.sourceRef.name };
        }),
    },
    {
      id: 'source-of-another-namespace',
      does: 'Lets a Flux Kustomization take its directory from a source of another namespace',
      source: `${fluxSource}, Source reference`,
      mutations: (tree) =>
        eachKustomization(tree, (spec) => {
          spec.sourceRef = { ...spec.sourceRef, namespace: 'elsewhere' };
        }),
    },
    {
      id: 'source-ignores-policies',
      does: 'Lets the GitRepository ignore the files of policies',
      source: 'Flux, source-controller 1.9, GitRepository, Ignore',
      mutations: (tree) =>
        ofKind(tree, 'GitRepository').map((document) => ({
          where: placeOf(document),
          change: (draft) => {
            draft.get(document).spec.ignore = '**/networkpolicy.yaml\n';
          },
          breaks: any,
        })),
    },
    {
      id: 'source-ignore-file',
      does: 'Adds a `.sourceignore` that excludes the files of policies',
      source: 'Flux, source-controller 1.9, GitRepository, `.sourceignore` file',
      mutations: () => [
        {
          where: '.sourceignore',
          change: (draft) => draft.write('.sourceignore', '**/networkpolicy.yaml\n'),
          breaks: any,
        },
      ],
    },
    {
      id: 'source-sparse',
      does: 'Lets the GitRepository check out one directory alone',
      source: 'Flux, source-controller 1.9, GitRepository, Sparse checkout',
      mutations: (tree) =>
        ofKind(tree, 'GitRepository').map((document) => ({
          where: placeOf(document),
          change: (draft) => {
            draft.get(document).spec.sparseCheckout = ['docs'];
          },
          breaks: any,
        })),
    },
    {
      id: 'source-includes-another',
      does: 'Lets the GitRepository include another repository over a directory',
      source: 'Flux, source-controller 1.9, GitRepository, Include',
      mutations: (tree) =>
        ofKind(tree, 'GitRepository').map((document) => ({
          where: placeOf(document),
          change: (draft) => {
            draft.get(document).spec.include = [
              { repository: { name: 'elsewhere' }, fromPath: '.', toPath: 'apps' },
            ];
          },
          breaks: any,
        })),
    },
    {
      id: 'source-suspended',
      does: 'Suspends the GitRepository: the cluster keeps an older commit',
      source: 'Flux, source-controller 1.9, GitRepository, Suspend',
      mutations: (tree) =>
        ofKind(tree, 'GitRepository').map((document) => ({
          where: placeOf(document),
          change: (draft) => {
            draft.get(document).spec.suspend = true;
          },
          breaks: any,
        })),
    },
    {
      id: 'kustomization-suspended',
      does: 'Suspends a Flux Kustomization: the cluster keeps what an older commit held',
      source: `${fluxSource}, Suspend`,
      mutations: (tree) =>
        eachKustomization(tree, (spec) => {
          spec.suspend = true;
        }),
    },
    {
      id: 'kustomization-reconcile-disabled',
      does: 'Annotates a Flux Kustomization so that the one that applies it does not',
      source: `${fluxSource}, Controlling the apply behavior of resources`,
      mutations: (tree) =>
        eachKustomization(tree, (_spec, metadata) => {
          metadata.annotations = { 'kustomize.toolkit.fluxcd.io/reconcile': 'disabled' };
        }),
    },
    {
      id: 'depends-on-nothing',
      does: 'Lets a Flux Kustomization depend on one that is not there: it never becomes ready',
      source: `${fluxSource}, Dependencies`,
      mutations: (tree) =>
        eachKustomization(tree, (spec) => {
          spec.dependsOn = [...(spec.dependsOn ?? []), { name: 'nowhere' }];
        }),
    },
    {
      id: 'depends-on-itself',
      does: 'Lets a Flux Kustomization depend on itself',
      source: `${fluxSource}, Dependencies: a cycle is never ready`,
      mutations: (tree) =>
        eachKustomization(tree, (spec, { name }) => {
          spec.dependsOn = [{ name }];
        }),
    },
    {
      id: 'path-elsewhere',
      does: 'Changes the path of a Flux Kustomization to a directory that is not there',
      source: `${fluxSource}, Path`,
      mutations: (tree) =>
        eachKustomization(tree, (spec) => {
          spec.path = './elsewhere';
        }),
    },
    {
      id: 'other-cluster',
      does: 'Lets a Flux Kustomization apply to another cluster with `kubeConfig`',
      source: `${fluxSource}, KubeConfig (Remote clusters)`,
      mutations: (tree) =>
        eachKustomization(tree, (spec) => {
          spec.kubeConfig = { secretRef: { name: 'other' } };
        }),
    },
    {
      id: 'target-namespace',
      does: 'Moves all objects of a Flux Kustomization to another namespace',
      source: `${fluxSource}, Target namespace`,
      mutations: (tree) =>
        eachKustomization(tree, (spec) => {
          spec.targetNamespace = 'elsewhere';
        }),
    },
  ],
};

function replaceText(value: ConfigData, from: string, to: string): void {
  for (const key of Object.keys(value)) {
    if (typeof value[key] === 'string') value[key] = value[key].replaceAll(from, to);
    else if (typeof value[key] === 'object' && value[key] !== null) replaceText(value[key], from, to);
  }
}
