import type { ConfigData } from '../../../tests/testDirectory.ts';
import { type Family, type Mutation, ofKind, placeOf, templateOf, workloadsOf } from '../operator.ts';
import type { Document, Draft, Tree } from '../tree.ts';

/** ConfigMaps that hold the rules of a tunnel, with the key. */
function configurations(tree: Tree): readonly [document: Document, key: string][] {
  return ofKind(tree, 'ConfigMap').flatMap((document) =>
    Object.entries<string>(document.object.data ?? {}).flatMap(([key, text]): [Document, string][] =>
      /^ingress:/m.test(text) && text.includes('hostname:') ? [[document, key]] : [],
    ),
  );
}

/** A mutation of each configuration: its text is changed. A change that fits nowhere is left out. */
function eachRewritten(
  tree: Tree,
  rewrite: (text: string) => string,
  more: Partial<Mutation> = {},
): readonly Mutation[] {
  return configurations(tree).flatMap(([document, key]): Mutation[] => {
    if (rewrite(document.object.data[key]) === document.object.data[key]) return [];
    return [
      {
        where: placeOf(document),
        change: (draft) => {
          const { data } = draft.get(document);
          data[key] = rewrite(data[key]);
        },
        ...more,
      },
    ];
  });
}

/** Removes the block of Access of each rule. */
const accessBlock = /^ +originRequest:\n +access:\n(?: +(?:required|teamName|audTag):.*\n(?: +- .*\n)*)+/m;
const firstRule = (text: string): { host: string; service: string; indent: string } => ({
  host: /hostname: "?([^"\n]*)"?/.exec(text)?.[1] ?? '',
  service: /service: (\S+)/.exec(text)?.[1] ?? '',
  indent: /^( *)- hostname/m.exec(text)?.[1] ?? '  ',
});

/** Puts a rule before the others. */
const before = (rule: (first: ReturnType<typeof firstRule>) => string) => (text: string) =>
  text.replace(/^ingress:\n/m, `ingress:\n${firstRule(text).indent}- ${rule(firstRule(text))}\n`);

/** Puts a rule in front of the last one. */
const atEnd = (rule: (first: ReturnType<typeof firstRule>) => string) => (text: string) =>
  text.replace(
    /^( *)- service: http_status:404/m,
    (last) => `${firstRule(text).indent}- ${rule(firstRule(text))}\n${last}`,
  );

const access = 'originRequest: {access: {required: true, teamName: example, audTag: [abcd]}}';
const anyTarget = (tree: Tree): readonly Document[] =>
  ofKind(tree, 'Service').filter(({ object: { spec } }) => spec.selector !== undefined);

const breaks = [{ invariant: 'outside-gated' }] as const;

const cloudflared = (tree: Tree): readonly Document[] =>
  workloadsOf(tree).filter(({ object }) =>
    templateOf(object).spec.containers.some(({ image }: ConfigData) => image?.includes('cloudflared')),
  );

function eachTunnel(
  tree: Tree,
  change: (container: ConfigData, spec: ConfigData, draft: Draft, document: Document) => void,
): readonly Mutation[] {
  return cloudflared(tree).map((document) => ({
    where: placeOf(document),
    change: (draft) => {
      const { spec } = templateOf(draft.get(document));
      change(
        spec.containers.find(({ image }: ConfigData) => image?.includes('cloudflared')),
        spec,
        draft,
        document,
      );
    },
    breaks,
  }));
}

const rules = (id: string, does: string, rewrite: (text: string) => string, source?: string) => ({
  ...{ id, does, ...(source === undefined ? {} : { source }) },
  mutations: (tree: Tree) => eachRewritten(tree, rewrite, source === undefined ? {} : { breaks }),
});

export const tunnelFamily: Family = {
  title: 'Tunnels',
  operators: [
    rules('access-removed', 'Removes Access from a rule', (text) => text.replace(accessBlock, '')),
    rules('access-not-required', 'Sets `required: false`', (text) =>
      text.replace('required: true', 'required: false'),
    ),
    rules('access-required-left-out', 'Leaves `required` out', (text) =>
      text.replace(/\n +required: true/, ''),
    ),
    ...[
      rules('access-without-audience', 'Empties `audTag`', (text) =>
        text.replace(/audTag:\n +- .*/, 'audTag: []'),
      ),
      rules('access-audience-removed', 'Removes `audTag`', (text) => text.replace(/\n +audTag:\n +- .*/, '')),
      rules('access-empty-audience', 'Makes the audience an empty text', (text) =>
        text.replace(/audTag:\n( +)- .*/, 'audTag:\n$1- ""'),
      ),
    ].map((operator) => ({
      ...operator,
      equivalent: 'no token has that audience: each request is answered 403',
    })),
    rules('access-empty-team', 'Empties `teamName`', (text) => text.replace(/teamName: .*/, 'teamName: ""')),
    rules('access-at-top-level', 'Moves Access to the top level, where it is not read for rules', (text) =>
      text.replace(accessBlock, '').replace('ingress:', `${access}\ningress:`),
    ),
    rules('access-misspelt', 'Misspells `originRequest`', (text) =>
      text.replace('originRequest', 'originrequests'),
    ),
    rules(
      'wildcard-first',
      'Puts a rule for every hostname without Access first',
      before(({ service }) => `{hostname: "*.example.org", service: "${service}"}`),
    ),
    rules(
      'same-host-first',
      'Puts a rule for the same hostname without Access first',
      before(({ host, service }) => `{hostname: "${host}", service: "${service}"}`),
    ),
    rules(
      'path-first',
      'Puts a rule for a path without Access first',
      before(({ host, service }) => `{hostname: "${host}", path: "/api", service: "${service}"}`),
    ),
    rules(
      'catch-all-first',
      'Puts a rule without a hostname first: cloudflared does not start with it, unless it is the last one',
      (text) =>
        text.replace(
          /^ingress:\n/m,
          `ingress:\n${firstRule(text).indent}- {service: "http://localhost:1"}\n`,
        ),
      'cloudflared 2026.8.2, ingress/ingress.go, `validateHostname`',
    ),
    rules('catch-all-open', 'Lets the last rule lead to the service', (text) =>
      text.replace('- service: http_status:404', `- service: ${firstRule(text).service}`),
    ),
    rules(
      'second-host',
      'Adds a hostname without Access',
      atEnd(({ service }) => `{hostname: second.example.org, service: "${service}"}`),
    ),
    rules(
      'bastion',
      'Adds a rule to whatever the client names',
      atEnd(() => '{hostname: second.example.org, service: bastion}'),
    ),
    rules(
      'bastion-mode',
      'Sets `bastionMode` on a rule, so that the client names the destination',
      (text) => text.replace(/( +)originRequest:\n/, '$1originRequest:\n$1  bastionMode: true\n'),
      'cloudflared 2026.8.2, ingress/rule.go and origin_proxy.go',
    ),
    rules(
      'socks-proxy',
      'Adds a rule to a SOCKS proxy in the tunnel',
      atEnd(() => '{hostname: second.example.org, service: socks-proxy}'),
    ),
    rules(
      'unix-socket',
      'Adds a rule to a socket in the pod',
      atEnd(() => '{hostname: second.example.org, service: "unix:/run/other.sock"}'),
    ),
    rules(
      'warp-routing',
      'Lets private networks through the tunnel',
      (text) => text.replace(/^ingress:/m, 'warp-routing:\n  enabled: true\ningress:'),
      'cloudflared 2026.8.2, config/configuration.go, `WarpRoutingConfig`',
    ),
    rules(
      'not-yaml',
      'Breaks the YAML of the rules',
      (text) => text.replace(/^ingress:/m, 'ingress: ['),
      'cloudflared does not start, and keeps no rule',
    ),
    {
      id: 'presence-check-alone',
      does: 'Sets `required: false`, and puts a presence check in the place of the verification of the proxy',
      mutations: (tree) =>
        eachRewritten(tree, (text) => text.replace('required: true', 'required: false')).map((mutation) => ({
          ...mutation,
          change: (draft) => {
            mutation.change(draft);
            for (const document of ofKind(tree, 'ConfigMap'))
              for (const [key, text] of Object.entries<string>(document.object.data ?? {}))
                if (text.includes('js_access gatehouse.authorize;'))
                  draft.get(document).data[key] = text.replace(
                    'js_access gatehouse.authorize;',
                    'if ($http_cf_access_jwt_assertion = "") { return 401; }',
                  );
          },
        })),
    },
    {
      id: 'straight-to-a-service',
      does: 'Adds a hostname that leads to a Service past the proxy, with Access',
      source:
        'the promise: each rule leads to what verifies the token, or the proxy in front of the backend is passed',
      mutations: (tree) =>
        configurations(tree).flatMap(([document, key]) =>
          anyTarget(tree).flatMap((target): Mutation[] => {
            const { name, namespace } = target.object.metadata;
            const text: string = document.object.data[key];
            if (text.includes(`${name}.${namespace}`)) return [];
            const [{ port }] = target.object.spec.ports;
            return [
              {
                where: `${placeOf(document)} to ${namespace}/${name}`,
                change: (draft) => {
                  const { data } = draft.get(document);
                  data[key] = atEnd(
                    () => `{hostname: second.example.org, service: "http://${name}.${namespace}:${port}"}`,
                  )(data[key]);
                },
              },
            ];
          }),
        ),
    },
    {
      id: 'tunnel-token',
      does: 'Gives cloudflared a token in its arguments',
      source: 'cloudflared, Run as a service with a token',
      mutations: (tree) => eachTunnel(tree, (container) => container.args.push('--token', 'abc')),
    },
    {
      id: 'tunnel-token-in-environment',
      does: 'Gives cloudflared a token in `TUNNEL_TOKEN`',
      source: 'cloudflared, Run as a service with a token',
      mutations: (tree) =>
        eachTunnel(tree, (container) => {
          container.env = [
            ...(container.env ?? []),
            { name: 'TUNNEL_TOKEN', valueFrom: { secretKeyRef: { name: 't', key: 't' } } },
          ];
        }),
    },
    {
      id: 'tunnel-environment-from-secret',
      does: 'Fills the environment of cloudflared from a Secret, which may hold a token or another configuration',
      source:
        'cloudflared reads every flag from an environment variable, such as TUNNEL_TOKEN and TUNNEL_CONFIG',
      mutations: (tree) =>
        eachTunnel(tree, (container) => {
          container.envFrom = [{ secretRef: { name: 'tunnel' } }];
        }),
    },
    {
      id: 'tunnel-url',
      does: 'Gives cloudflared `--url`',
      source: 'cloudflared 2026.8.2, cmd/cloudflared/tunnel: with rules in the configuration it is ignored',
      equivalent: 'the rules of the configuration hold',
      mutations: (tree) =>
        eachTunnel(tree, (container) => container.args.push('--url', 'http://localhost:1')).map(
          ({ breaks: _none, ...mutation }) => mutation,
        ),
    },
    {
      id: 'tunnel-other-configuration',
      does: 'Mounts another ConfigMap as the configuration of the tunnel',
      source: 'its rules are not among the objects',
      mutations: (tree) =>
        eachTunnel(tree, (_container, spec) => {
          for (const { configMap } of spec.volumes ?? []) if (configMap) configMap.name = 'elsewhere';
        }),
    },
    {
      id: 'tunnel-configuration-from-secret',
      does: 'Mounts a Secret as the configuration of the tunnel',
      source: 'its rules are not among the objects',
      mutations: (tree) =>
        eachTunnel(tree, (_container, spec) => {
          for (const volume of spec.volumes ?? [])
            if (volume.configMap) {
              delete volume.configMap;
              volume.secret = { secretName: 'elsewhere' };
            }
        }),
    },
    {
      id: 'tunnel-configuration-generated',
      does: 'Lets an init container write the configuration of the tunnel',
      source: 'what a program writes is not among the objects',
      mutations: (tree) =>
        eachTunnel(tree, (container, spec) => {
          spec.initContainers = [
            {
              name: 'write',
              image: 'busybox:1.37',
              command: ['sh', '-c', 'sed s/required/optional/ /from/config.yaml > /to/config.yaml'],
              volumeMounts: [
                { name: 'config', mountPath: '/from' },
                { name: 'written', mountPath: '/to' },
              ],
            },
          ];
          spec.volumes.push({ name: 'written', emptyDir: {} });
          for (const mount of container.volumeMounts) if (mount.name === 'config') mount.name = 'written';
        }),
    },
    {
      id: 'tunnel-started-by-a-shell',
      does: 'Starts cloudflared from a shell script',
      source: 'what a script does is not read',
      mutations: (tree) =>
        eachTunnel(tree, (container) => {
          container.command = ['sh', '-c'];
          container.args = ['cloudflared tunnel --url http://localhost:1 run'];
        }),
    },
  ],
};
