import { describe, expect, it } from 'vitest';
import { readDocuments } from '../../manifests/tree.ts';
import { analyse } from '../analyse.ts';

const sealed = 'ENC[AES256_GCM,data:aaaa,iv:aaaa,tag:aaaa,type:str]';
const mac = `mac: "${sealed}"`;

function proofsOf(text: string) {
  const { objects } = readDocuments('a.yaml', text);
  const { proofs } = analyse(objects, { lan: [], vpn: [] });
  return proofs.filter(({ invariant }) => invariant === 'secrets-encrypted');
}

/** The verdict on a Secret with these fields. */
function verdict(fields: string): string | undefined {
  const [proof] = proofsOf(`apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: web}\n${fields}\n`);
  return proof?.verdict;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const generated = (text: string, key = 'conf') => `data: {${key}: ${base64(text)}}`;

describe('a Secret', () => {
  it.each([
    ['type: kubernetes.io/service-account-token'],
    ['data: {}'],
    ['stringData: {password: "", other: null}'],
    ['immutable: true'],
    ['stringData: {password: "${PASSWORD}"}'],
    ['stringData: {password: "${A}${B}"}'],
    ['stringData: {password: "{{ .Password }}"}'],
    ['stringData: {password: "op://vault/item/password"}'],
    ['stringData: {password: "ref+vault://secret/app#password"}'],
    ['stringData: {password: "vault:secret/data/app#password"}'],
    ['stringData: {password: "<path:secret/data/app#password>"}'],
    ['data: {password: "${PASSWORD_BASE64}"}'],
    [`data: {password: ${base64('${PASSWORD}')}}`],
    ['stringData: {url: "postgres://app:${PASSWORD}@db.web.svc:5432/app?sslmode=require"}'],
    ['stringData: {url: "https://${HOST}/api"}'],
    [`stringData: {password: "${sealed}"}\nsops: {${mac}}`],
    [`data: {a: "${sealed}"}\nstringData: {password: "${sealed}"}\nsops: {${mac}}`],
    [`stringData: {password: "${sealed}", username: app}\nsops: {${mac}, encrypted_regex: ^password$}`],
    [`stringData: {password: "${sealed}", DB_HOST: db.web}\nsops: {${mac}, unencrypted_regex: HOST$}`],
    [
      `stringData: {a: "${sealed}", host_unencrypted: x}\nsops: {${mac}}`
        .replace('host_unencrypted', 'host')
        .replace('sops: {', 'sops: {unencrypted_suffix: st, '),
    ],
    [`stringData: {a_enc: "${sealed}", port: "5432"}\nsops: {${mac}, encrypted_suffix: _enc}`],
    [`stringData: {a: "${sealed}", region: eu}\nsops: {${mac}, encrypted_comment_regex: secret}`],
    [generated(`{"data": "${sealed}", "sops": {${mac.replace('mac', '"mac"')}}}`)],
    [generated(`{"data":"${sealed}","sops":{"mac":"${sealed}"}}`)],
    [generated(`a: ${sealed}\nb:\n    c: ${sealed}\nsops:\n    mac: ${sealed}\n`)],
    [generated(`A=${sealed}\nB=${sealed}\nsops_mac=${sealed}\nsops_version=3.9\n`)],
    [generated(`[a]\nb = ${sealed}\n[sops]\nmac = ${sealed}\n`)],
    [`data: {A: ${base64(sealed)}, sops_mac: ${base64(sealed)}, sops_version: ${base64('3.9')}}`],
    [generated('-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n', 'ca.crt')],
  ])('holds no clear text with %s', (fields) => expect(verdict(fields)).toBe('proved'));

  it.each([
    ['stringData: {password: x}'],
    ['stringData: {username: x}'],
    ['stringData: {password: "op://hunter2"}'],
    ['stringData: {password: "op://vault/item/password hunter2"}'],
    ['stringData: {pin: 1234}'],
    [`data: {password: ${base64('x')}}`],
    ['data: {password: "not base64!"}'],
    ['stringData: {password: "prefix-${X}"}'],
    ['stringData: {password: "${X:=default-password}"}'],
    ['stringData: {password: "${X:-a}"}'],
    ['stringData: {other: "${X:-default}"}'],
    [`stringData: {password: "${sealed}"}`],
    [`stringData: {password: "${sealed}"}\nsops: {}`],
    [`stringData: {password: "${sealed}"}\nsops: {mac: forged}`],
    [`stringData: {password: "ENC[hunter2]"}\nsops: {${mac}}`],
    [`stringData: {a: "${sealed}", password: x}\nsops: {${mac}, encrypted_regex: ^a$}`],
    [`stringData: {a: "${sealed}", API_TOKEN: x}\nsops: {${mac}, unencrypted_regex: TOKEN}`],
    [
      `stringData: {a: "${sealed}", url: "postgres://app:hunter2@db/app"}\nsops: {${mac}, encrypted_regex: ^a$}`,
    ],
    [`stringData: {a: "${sealed}", username: app}\nsops: {${mac}}`],
    [`stringData: {a: "${sealed}", username: app}\nsops: {${mac}, encrypted_regex: "^(data|stringData)$"}`],
    [generated(`{"password": "hunter2", "sops": {"mac": "x"}}`)],
    [generated(`a: ${sealed}\npassword: hunter2\nsops:\n    mac: ${sealed}\n`)],
    [generated(`A=${sealed}\nB=hunter2\nsops_mac=${sealed}\n`)],
    [`data: {A: ${base64('hunter2')}, sops_mac: ${base64(sealed)}}`],
    [generated('-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n', 'tls.key')],
  ])('holds clear text with %s', (fields) => expect(verdict(fields)).toBe('refuted'));

  it.each([
    ['stringData: {config.yaml: "a: ${X}\\nb: other words"}'],
    [`stringData: {a: "${sealed}", motto: x}\nsops: {${mac}, encrypted_regex: ^a$}`],
    [`stringData: {a: "${sealed}", motto: x}\nsops: {${mac}, encrypted_comment_regex: secret}`],
  ])('may hold clear text with %s', (fields) => expect(verdict(fields)).toBe('unknown'));
});

describe('another object', () => {
  const configMap = (data: string) =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: web}\ndata: {${data}}\n`;
  const release = (values: string) =>
    `apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: r, namespace: web}\nspec: {values: ${values}}\n`;
  const command = (args: string) =>
    `apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: web}\nspec: {containers: [{name: c, image: x, args: [${args}]}]}\n`;
  const probe = (handler: string) =>
    `apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: web}\nspec: {containers: [{name: c, image: x, livenessProbe: {${handler}}}]}\n`;
  const custom = (apiVersion: string, kind: string, spec: string) =>
    `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: c, namespace: web}\nspec: ${spec}\n`;
  const pod = (env: string) =>
    `apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: web}\nspec: {containers: [{name: c, image: x, env: [${env}]}]}\n`;

  it.each([
    [configMap('AWS_SECRET_ACCESS_KEY: wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY'), 'AWS_SECRET_ACCESS_KEY'],
    [configMap('db-password: hunter2-in-the-clear'), 'db-password'],
    [release('{app: {adminPassword: hunter2-in-the-clear}}'), 'adminPassword'],
    [release('{env: {API_TOKEN: 0123456789abcdef}}'), 'API_TOKEN'],
    [release('{env: [{name: API_TOKEN, value: 0123456789abcdefg}]}'), 'API_TOKEN'],
    [pod('{name: DB_PASSWORD, value: hunter2-in-the-clear}'), 'DB_PASSWORD'],
    [release('{checksumPassword: hunter2-in-the-clear}'), 'checksumPassword'],
    [configMap('.env: "A=b\\nDB_PASSWORD=hunter2-in-the-clear\\n"'), '.env (DB_PASSWORD)'],
    [configMap('c.yaml: "db:\\n  password: \\"hunter2-in-the-clear\\"\\n"'), 'c.yaml (password)'],
    [configMap('c.ini: "[db]\\npassword = hunter2-in-the-clear\\n"'), 'c.ini (password)'],
    [configMap('URL: "postgres://app:hunter2clear@db:5432/x"'), 'URL'],
    [
      configMap('id: "-----BEGIN OPENSSH PRIVATE KEY-----\\nabc\\n-----END OPENSSH PRIVATE KEY-----\\n"'),
      'id',
    ],
    [
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: web}\nbinaryData: {c.env: ${base64('TOKEN=hunter2-in-the-clear\n')}}\n`,
      'c.env (TOKEN)',
    ],
    [
      'apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: s, namespace: web}\nspec: {target: {template: {data: {password: hunter2-in-the-clear}}}}\n',
      'password',
    ],
    [
      'apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: s, namespace: web}\nspec: {encryptedData: {a: AgB}, template: {data: {password: hunter2-in-the-clear}}}\n',
      'password',
    ],
    [command('--admin-password=hunter2-in-the-clear'), 'admin-password'],
    [command('--token, hunter2-in-the-clear'), 'token'],
    [
      custom(
        'helm.cattle.io/v1',
        'HelmChartConfig',
        '{valuesContent: "a:\\n  adminPassword: hunter2-in-the-clear\\n"}',
      ),
      'valuesContent (adminPassword)',
    ],
    [command('"export DB_PASSWORD=hunter2-in-the-clear; exec app"'), 'DB_PASSWORD'],
    [command('"DB_PASSWORD=\'hunter2 in-the-clear\' app"'.replace(' in', '-in')), 'DB_PASSWORD'],
    [command('"set -e\\napp --token hunter2-in-the-clear\\n"'), 'token'],
    [command('"curl https://app:hunter2clear@db/x"'), 'a script'],
    [
      probe('httpGet: {port: 80, httpHeaders: [{name: Authorization, value: Basic YTpodW50ZXIy}]}'),
      'Authorization',
    ],
    [
      probe('httpGet: {port: 80, httpHeaders: [{name: X-Api-Key, value: hunter2-in-the-clear}]}'),
      'X-Api-Key',
    ],
    [probe('exec: {command: [sh, -c, "PGPASSWORD=hunter2-in-the-clear psql"]}'), 'PGPASSWORD'],
    [
      custom(
        'postgresql.cnpg.io/v1',
        'Cluster',
        '{bootstrap: {initdb: {postInitSQL: ["ALTER ROLE app PASSWORD \'hunter2\'"]}}}',
      ),
      'postInitSQL',
    ],
    [
      custom(
        'grafana.integreatly.org/v1beta1',
        'Grafana',
        '{config: {security: {admin_password: hunter2-in-the-clear}}}',
      ),
      'admin_password',
    ],
    [
      custom(
        'notification.toolkit.fluxcd.io/v1beta3',
        'Provider',
        '{type: discord, address: "https://discord.com/api/webhooks/1/hunter2_clear"}',
      ),
      'address',
    ],
    [
      custom(
        'notification.toolkit.fluxcd.io/v1beta3',
        'Provider',
        '{type: generic, address: "https://x.example.org/hook?token=hunter2clear"}',
      ),
      'address',
    ],
    [
      configMap('wg0.conf: "[Interface]\\nPrivateKey = hunter2F+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=\\n"'),
      'wg0.conf (PrivateKey)',
    ],
    [
      configMap('wg0.conf: "[Peer]\\nPresharedKey = hunter2F+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=\\n"'),
      'wg0.conf (PresharedKey)',
    ],
    [
      'apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: web, annotations: {example.org/api-token: hunter2-in-the-clear}}\nspec: {containers: [{name: c, image: x}]}\n',
      'example.org/api-token',
    ],
  ])('may hold a secret: %s', (text, key) => {
    const [secrets, elsewhere, ...others] = proofsOf(text);
    expect(secrets?.verdict).toBe('proved');
    expect(elsewhere?.verdict).toBe('unknown');
    expect(elsewhere?.sentence).toContain(`clear text under ${key}`);
    expect(JSON.stringify(elsewhere)).not.toMatch(/hunter2|0123456789|wJalr/);
    expect(others).toEqual([]);
  });

  it.each([
    [configMap('config.yaml: "password: x"')],
    [configMap('PASSWORD_FILE: /run/secrets/password, AWS_ACCESS_KEY_ID: AKIAIOSFODNN7EXAMPLE')],
    [configMap('TOKEN_URL: https://id.example.org/token, DB_PASSWORD: "${DB_PASSWORD}"')],
    [release('{existingSecret: app-secret, secretName: app-tls, tokenTTL: 3600s}')],
    [release('{valueFrom: {secretKeyRef: {name: app-secret, key: DB_PASSWORD}}}')],
    [release('{podAnnotations: {checksum/credentials: 9f86d081884c7d659a2feaa0c55ad015}}')],
    [pod('{name: DB_PASSWORD, valueFrom: {secretKeyRef: {name: a, key: DB_PASSWORD}}}')],
    [configMap('URL: "postgres://app:${PASSWORD}@db/x", OTHER: "postgres://app:$(PASSWORD)@db/x"')],
    [
      configMap(
        'users.yaml: "password: $argon2id$v=19$m=65536$abcdef\\n", cert: "-----BEGIN CERTIFICATE-----\\n"',
      ),
    ],
    [
      configMap(
        'c.yaml: "password: {{ .password }}\\ntoken: /run/secrets/token\\nsecret: my-other-secret\\n"',
      ),
    ],
    [
      command(
        '"export DB_PASSWORD=$(cat /run/secrets/db); PGPASSWORD=${DB_PASSWORD} psql --password-file /x"',
      ),
    ],
    [command('"export TOKEN_FILE=/run/secrets/token && app --token $TOKEN"')],
    [
      probe(
        'httpGet: {port: 80, httpHeaders: [{name: Authorization, value: "Bearer ${TOKEN}"}, {name: Host, value: app.example.org}]}',
      ),
    ],
    [
      custom(
        'notification.toolkit.fluxcd.io/v1beta3',
        'Provider',
        '{type: discord, secretRef: {name: discord-1}}',
      ),
    ],
    [custom('notification.toolkit.fluxcd.io/v1beta3', 'Alert', '{providerRef: {name: p}, eventSources: []}')],
    [command('--token, --verbose-output, --password-file=/run/secrets/password, --secret-name=some-1')],
    [
      'apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: web, annotations: {secret.reloader.stakater.com/reload: "a-1,b-2-secret", nginx.ingress.kubernetes.io/auth-secret: web/users-1}}\nspec: {containers: [{name: c, image: x}]}\n',
    ],
    [
      'apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: s, namespace: web}\nspec: {target: {template: {data: {password: "{{ .password }}", user: admin-of-all}}}}\n',
    ],
  ])('holds none: %s', (text) => {
    const proofs = proofsOf(text);
    expect(proofs.map((each) => each.verdict)).toEqual(['proved']);
  });

  it('holds a secret in what a Flux Kustomization that is applied by hand fills in', () => {
    const { objects } = readDocuments(
      'a.yaml',
      'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: k, namespace: flux-system}\nspec: {postBuild: {substitute: {DB_PASSWORD: hunter2-in-the-clear}}}\n',
    );
    const validated = objects.map((source) => ({ source, kind: undefined, findings: [] }));
    const { proofs } = analyse([], { lan: [], vpn: [] }, { structure: { validated, pinned: false } });
    const found = proofs.filter(({ invariant }) => invariant === 'secrets-encrypted');
    expect(found.map(({ verdict }) => verdict)).toEqual(['proved', 'unknown']);
    expect(found[1]?.sentence).toContain('DB_PASSWORD');
  });
});
