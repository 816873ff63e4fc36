import { reference } from '../../config/private.ts';
import type { TokenIssuerBinding } from '../contract/bindings.ts';
import { type BuildContext, defineComponent, type Manifest } from '../contract/component.ts';
import type { Backend, ExternalPeer, Workload } from '../contract/network.ts';
import type { Requirement } from '../contract/requirements.ts';
import { connectionsFor, tcp } from '../shared/connections.ts';
import { internet } from '../shared/externalPeers.ts';
import { appDirectory, withField } from '../shared/fluxKustomizations.ts';
import { requesterOf } from '../shared/requesters.ts';
import { tokenIssuersDocuments } from './documents.ts';
import { grants, kustomizationOf } from './grants.ts';
import { rules } from './rules.ts';
import { type TokenIssuer, type TokenIssuersSection, tokenIssuersSection } from './section.ts';

/** Who signs tokens. It makes nothing but the grants with which policies of other namespaces may name its Service. */
export const tokenIssuers = defineComponent<TokenIssuersSection>({
  name: 'token-issuers',
  section: 'tokenIssuers',
  summary: 'The issuers of the tokens (JWT) that routes demand.',
  listing: { title: 'JWT SecurityPolicy', area: 'access', guide: 'docs/quickstart.md' },
  schema: tokenIssuersSection,
  requires: ({ section: { byLabel } }) => (byLabel === undefined ? [] : [labelled(byLabel)]),
  provides: {
    'token-issuer': {
      accepts: ({ name }, context) => context === undefined || Object.hasOwn(context.section.issuers, name),
      requires: (requirement, { section }) => connections(requirement, section.issuers[requirement.name]),
      bind: ({ name }, { section }) => bindingOf(section.issuers[name], name),
    },
  },
  rules,
  documents: tokenIssuersDocuments,
  build: (context) => ({
    manifests: grantManifests(context),
    fluxKustomizations: [...granted(context)].map(([namespace, { kindsFrom }]) =>
      fluxKustomization(kustomizationOf(namespace), kindsFrom, '5m'),
    ),
  }),
});

const field = 'tokenIssuers';
const { fluxKustomization, manifest } = withField(field);

/** The policy of the guides of Envoy Gateway, which selects routes by a label. */
function labelled({
  issuer,
  audiences,
  namespaces,
}: NonNullable<TokenIssuersSection['byLabel']>): Requirement<'labelled-routes'> {
  const at = `${field}.byLabel`;
  const [first = '', ...more] = audiences;
  return {
    kind: 'labelled-routes',
    requester: requesterOf('token-issuers', at),
    name: 'jwt-auth',
    label: { key: 'security', value: 'jwt-protected' },
    namespaces,
    login: {
      kind: 'jwt',
      field: at,
      issuer,
      audiences: [first, ...more],
      allow: { emails: [], groups: [], scopes: [] },
    },
  };
}

/** Whoever verifies tokens fetches the keys: from the pods of the issuer, or from the internet. */
function connections(
  { clients, requester, name }: Requirement<'token-issuer'>,
  issuer: TokenIssuer | undefined,
): Requirement[] {
  if (issuer === undefined) return [];
  const { service } = issuer.keys;
  const connect = connectionsFor('token-issuers', requester.field);
  const to: ExternalPeer =
    service === undefined
      ? internet
      : { external: 'pods', namespace: service.namespace, labels: service.labels };
  const port = service === undefined ? 443 : (service.targetPort ?? service.port);
  return clients.map((client) => connect(client, to, tcp(port), `the keys of the issuer ${name}`));
}

/** @throws Error for a name that {@link tokenIssuers} does not accept */
function bindingOf(issuer: TokenIssuer | undefined, name: string): TokenIssuerBinding {
  if (issuer === undefined) throw new Error(`no issuer of tokens is called ${name}`);
  const { keys, claims } = issuer;
  const claimHeaders = [
    { claim: 'sub', header: 'X-User-ID' },
    { claim: 'email', header: 'X-User-Email' },
    ...claims,
  ];
  const common = { issuer: reference(issuer.issuer), claimHeaders };
  if (keys.service === undefined)
    return { ...common, keys: { url: keys.url === undefined ? '' : reference(keys.url) } };
  const { namespace, name: service, port, path } = keys.service;
  return {
    ...common,
    keys: {
      url: `http://${service}.${namespace}.svc.cluster.local:${port}${path}`,
      backend: backendOf(keys.service),
    },
    fluxKustomization: kustomizationOf(namespace).name,
  };
}

type Service = NonNullable<TokenIssuer['keys']['service']>;

function backendOf({ namespace, name, port, targetPort = port, labels }: Service): Backend {
  const workload: Workload = { directory: appDirectory(kustomizationOf(namespace)), namespace, name, labels };
  return { workload, service: name, port, targetPort };
}

/** The namespaces of issuers, with who may name their Services from there. */
function granted({ provided, section }: BuildContext<TokenIssuersSection>) {
  const namespaces = new Map<string, { kindsFrom: string[]; requirements: Requirement<'token-issuer'>[] }>();
  for (const requirement of provided('token-issuer')) {
    const service = section.issuers[requirement.name]?.keys.service;
    if (service === undefined || service.namespace === requirement.namespace) continue;
    const found = namespaces.get(service.namespace) ?? { kindsFrom: [], requirements: [] };
    namespaces.set(service.namespace, found);
    found.kindsFrom.push(requirement.kindsFrom);
    found.requirements.push(requirement);
  }
  return namespaces;
}

function grantManifests(context: BuildContext<TokenIssuersSection>): Manifest[] {
  return [...granted(context)].map(([namespace, { requirements }]) =>
    manifest(
      kustomizationOf(namespace),
      'referencegrant.yaml',
      grants(namespace, requirements, context.section),
    ),
  );
}
