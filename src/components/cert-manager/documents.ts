import type { BuildContext } from '../contract/component.ts';
import {
  type ComponentDocuments,
  type Decision,
  phases,
  type Step,
  type Symptom,
} from '../contract/documents.ts';
import { cloudflareDomain, cloudflarePhase, fluxChapter } from '../shared/chapters.ts';
import { distinct, namesOf } from './certificates.ts';
import { issuerName } from './issuers.ts';
import {
  authoritySecret,
  chartReadAt,
  controller,
  everyPod,
  namespace,
  webhook,
  webhookPort,
} from './names.ts';
import type { CertManagerSection } from './section.ts';
import { chart } from './versions.ts';

type CertManagerContext = BuildContext<CertManagerSection>;

/** The chapters of the certificates in the operator documents. */
export function certManagerDocuments(context: CertManagerContext): ComponentDocuments {
  const { section } = context;
  return {
    prerequisites: section.issuer.kind === 'letsencrypt' ? [cloudflareDomain] : [],
    decisions: [whoSigns(section), ...whichNames(context), reach(context)],
    steps: [...(section.issuer.kind === 'letsencrypt' ? [tokenStep] : []), issuerStep(section)],
    symptoms: [notReady(section)],
  };
}

function whoSigns(section: CertManagerSection): Decision {
  const name = issuerName(section);
  return {
    title: 'Who signs certificates',
    decided: `${section.issuer.kind === 'own' ? 'An authority of your own' : 'Let’s Encrypt'}: the ClusterIssuer \`${name}\`.`,
    because: `${
      section.issuer.kind === 'own'
        ? `Its key is made in the cluster and never leaves it, and nobody outside learns which names there are. Every device has to be
told to trust it, and whoever has the key can be any site to them.`
        : `Every device trusts it. That a name is yours is shown by a record in its zone (DNS-01), so that nothing has to be reachable from
outside and a name may have many hosts below it (\`*.example.com\`). Each name is in a public log for ever: ask for one
with a star rather than for each. The token can write into the DNS of its zones and do nothing else; whoever has it can be
issued certificates for them.`
    }

Whatever speaks TLS itself asks with an object of its own:

\`\`\`yaml
apiVersion: cert-manager.io/v1
kind: Certificate
spec:
  secretName: my-app-tls
  dnsNames: [my-app.example.com]
  issuerRef: { kind: ClusterIssuer, name: ${name} }
\`\`\``,
    field: 'certManager.issuer',
  };
}

/**
 * A name with a star is proved by DNS-01 alone (https://letsencrypt.org/docs/challenge-types/), at the domain without the star
 * (RFC 8555, 8.4), and CAA may forbid it by `issuewild` (RFC 8659, 4.3).
 */
function whichNames({ section, provided }: CertManagerContext): Decision[] {
  const certificates = distinct(provided('certificate'));
  if (certificates.length === 0) return [];
  const isPublic = section.issuer.kind !== 'own';
  const rows = certificates.map((each) => {
    const names = namesOf(each).map((name) => `\`${name}\``);
    const published = each.hosts.length === 0 ? 'nothing but the domain' : 'each of these names, for ever';
    return `| \`${each.namespace}/${each.name}\` | ${names.join(', ')} | ${isPublic ? published : 'nothing'} |`;
  });
  return [
    {
      title: 'Which names the certificates contain',
      decided: 'Those of this table, and no others.',
      because: `| certificate | names | what the public log shows |
|---|---|---|
${rows.join('\n')}
${
  isPublic
    ? `
Each certificate of Let’s Encrypt is in the logs of Certificate Transparency, which everybody may search: a name in it tells that the
host exists, also where DNS tells nobody. A name with a star covers the hosts one label below it, not the domain itself, and not
\`a.b.example.com\`. Its key is worth more for that: it is in one Secret, which what terminates TLS reads and nothing else.

Only DNS-01 proves a name with a star. While it does, \`_acme-challenge.\` of the domain has a TXT record in the zone, so that the
token must be for that zone, and no CNAME may lead that name elsewhere. A CAA record of the domain that allows other authorities
must allow \`letsencrypt.org\` too: \`issue\` for names without a star, and \`issuewild\` for those with one, where it is set.
A record of that kind which external-dns did not make is not touched by it.
`
    : ''
}
A third of the validity before its end each is renewed with a new key. \`gatehouse verify\` says how many days each has left.`,
      field: 'certManager.issuer',
    },
  ];
}

function reach({ section, settings }: CertManagerContext): Decision {
  const labels = (of: Record<string, string>): string =>
    Object.entries(of)
      .map(([key, value]) => `\`${key}: ${value}\``)
      .join(' ');
  const outside =
    section.issuer.kind === 'own'
      ? 'nothing else'
      : 'DNS, port 443 of the internet (Let’s Encrypt, Cloudflare)';
  return {
    title: 'What the pods of cert-manager reach',
    decided: 'All of them the API server; the controller alone what signs; the API server asks the webhook.',
    because: `| pods | selected by | reach | are reached by |
|---|---|---|---|
| all four | ${labels(everyPod.labels)} | the API server | ${settings.monitoring.enabled ? 'Prometheus' : 'nobody'} |
| the controller | ${labels(controller.labels)} | ${outside} | nobody else |
| the webhook | ${labels(webhook.labels)} | nothing else | the API server at ${webhookPort} |

The labels are those of ${chart.name} ${chartReadAt} (\`_helpers.tpl\`). The controller may read and write every Secret of the cluster: that is
where certificates are kept.`,
    field: 'certManager.enabled',
  };
}

const tokenStep: Step = {
  phase: cloudflarePhase,
  title: 'A token for the DNS of your zones',
  minutes: 3,
  body: `In the Cloudflare dashboard: **My Profile** → **API Tokens** → **Create Token** → **Create Custom Token**, with the permissions
**Zone / DNS / Edit** and **Zone / Zone / Read**, and under **Zone Resources** the zones in which certificates are wanted,
not all of them. It is shown once.

\`\`\`sh
gatehouse secrets set certManager.issuer.token    # paste the token, then Ctrl-D
gatehouse configure
\`\`\``,
  check: '`gatehouse secrets view` lists `certManager.issuer.token`.',
};

function issuerStep(section: CertManagerSection): Step {
  const name = issuerName(section);
  const trust = `

Give the certificate of the authority, and never its key, to every device that is to trust it:

\`\`\`sh
kubectl -n ${namespace} get secret ${authoritySecret} -o jsonpath='{.data.tls\\.crt}' | base64 -d > ${authoritySecret}.crt
\`\`\``;
  return {
    phase: phases.finish,
    title: 'See that certificates can be issued',
    minutes: section.issuer.kind === 'own' ? 5 : 1,
    body: `\`\`\`sh
kubectl get clusterissuer ${name} -o jsonpath='{.status.conditions[?(@.type=="Ready")].message}{"\\n"}'
kubectl wait clusterissuer/${name} --for=condition=Ready --timeout=5m
\`\`\`${section.issuer.kind === 'own' ? trust : ''}`,
    check: `${section.issuer.kind === 'own' ? 'the second line' : 'the first line says that the account was registered, and the second'} ends with \`condition met\`.`,
  };
}

function notReady(section: CertManagerSection): Symptom {
  const look = '`kubectl describe challenges -A`, and `kubectl -n cert-manager logs deploy/cert-manager`';
  return {
    chapter: fluxChapter,
    symptom: 'A Certificate does not become ready',
    intro:
      '`kubectl describe certificate,certificaterequest,order -n NAMESPACE` says which step it waits for.',
    causes: [
      {
        cause: `the ClusterIssuer \`${issuerName(section)}\` is not ready, or the Certificate names another`,
        look: '`kubectl get clusterissuers`',
        fix: '`flux get kustomizations cert-manager-issuers`, and the issuer’s own message',
      },
      {
        cause: `\`failed calling webhook … context deadline exceeded\`: the API server does not reach the webhook at ${webhookPort}. Without Cilium, the policy knows the control plane by \`cluster.network.controlPlane\``,
        look: `\`kubectl -n ${namespace} describe networkpolicy cert-manager-webhook\``,
        fix: 'add the addresses from which it comes to `cluster.network.controlPlane`',
      },
      ...(section.issuer.kind === 'own'
        ? []
        : [
            {
              cause: '`Found no Zones for domain`: the token is not for this zone, or may not read it',
              look,
              fix: 'the step "A token for the DNS of your zones" of the quickstart, with this zone',
            },
            {
              cause:
                '`Waiting for DNS-01 challenge propagation`, for more than some minutes: the record is not in the zone, or its name servers are not Cloudflare’s',
              look,
              fix: 'the DNS page of the zone while it waits: `_acme-challenge` with a TXT record',
            },
            {
              cause:
                '`urn:ietf:params:acme:error:caa`: a CAA record of the domain forbids it, where a name has a star that of `issuewild`',
              look: '`kubectl describe orders -A`, and the CAA records on the DNS page of the zone',
              fix: 'add `letsencrypt.org` to `issue`, and to `issuewild` where there is one',
            },
            {
              cause: '`rateLimited`: too many certificates of the same names within a week',
              look: '`kubectl describe orders -A`',
              fix: 'wait; try with `certManager.issuer.directory: staging` first',
            },
          ]),
    ],
  };
}
