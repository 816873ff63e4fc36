import semver from 'semver';
import { runsKubernetes, talosSupport } from '../src/components/shared/talosVersions.ts';
import { copyMethodOf } from '../src/components/volsync/copy.ts';
import { accessModes } from '../src/config/clusterSettings.ts';
import { fields, id, label, maybe, must, size, word } from './arbitraries.ts';
import type { Configuration } from './configurations.ts';
import fc from './fastCheck.ts';
import type { ConfigData } from './testDirectory.ts';

/** Namespaces of apps that Gatehouse does not write: the volumes in them are backed up, and somebody else makes them. */
export const foreignNamespaces = ['home-automation', 'documents'];

/** What the sections have to agree with. */
interface Base {
  nodes: readonly string[];
  talos: boolean;
  kubernetes: string;
}

/** The sections of the platform, before keys and volumes are made to fit the rest. */
export interface Platform {
  recipients: readonly string[];
  controlPlane: string[];
  talos: Record<string, string>;
  classes: Record<string, ConfigData>;
  certManager: ConfigData;
  rustfs: ConfigData;
  s3: ConfigData;
  volsync: ConfigData;
  talosBackup: ConfigData;
  tuppr: ConfigData;
  backsUpDatabase: boolean;
  endpoint: string;
  /** Endless in their kind: each key and password that is needed is one of them with its place behind it. */
  key: string;
}

const schedule = fc.oneof(
  fc.tuple(fc.nat(59), fc.nat(23)).map(([minute, hour]) => `${minute} ${hour} * * *`),
  fc.constantFrom('*/30 * * * *', '0 */6 * * *', '15 4 1,15 * *', '0 3 * * 0', '0 0 29 2 *'),
);

const storageClass = fields(
  maybe('accessModes', fc.subarray([...accessModes], { minLength: 1 })),
  maybe('snapshotClass', label),
  maybe('clone', fc.boolean()),
);

function rustfs({ nodes }: Base): fc.Arbitrary<ConfigData> {
  const volumes = [must('storageClass', label), maybe('size', size)];
  const standalone = fields(fc.constant({ kind: 'standalone' }), ...volumes);
  const distributed = fc
    .integer({ min: 2, max: Math.max(nodes.length, 2) })
    .chain((servers) =>
      fields(
        fc.constant({ kind: 'distributed', servers }),
        must('drives', fc.integer({ min: Math.ceil(4 / servers), max: 5 })),
        ...volumes,
      ),
    );
  return must('layout', nodes.length > 1 ? fc.oneof(standalone, distributed) : standalone);
}

const volume = fields(
  must('namespace', fc.constantFrom(...foreignNamespaces)),
  must('name', label),
  maybe('uid', id),
  maybe('gid', id),
  maybe('atOnce', fc.boolean()),
  must(
    'usedBy',
    fc.uniqueArray(
      fc.tuple(fc.constantFrom('deployment', 'statefulset'), label).map((parts) => parts.join('/')),
      { minLength: 1, maxLength: 2 },
    ),
  ),
);

/** A volume of one of the classes, in an access mode that the class has. */
const volumeOf = (classes: Record<string, ConfigData>): fc.Arbitrary<ConfigData> =>
  fc
    .constantFrom(...Object.entries(classes))
    .chain(([name, { accessModes: modes = ['ReadWriteOnce'] }]) =>
      fields(fc.constant({ storageClass: name }), must('accessMode', fc.constantFrom(...modes)), volume),
    );

const volsync = (classes: Record<string, ConfigData>): fc.Arbitrary<ConfigData> =>
  fields(
    maybe('bucketPrefix', label),
    maybe('schedule', fc.oneof(schedule, fc.constant('7-59/15 1-5 * 1-6 1'))),
    maybe('copyMethod', fc.constantFrom('auto', 'Snapshot', 'Clone', 'Direct')),
    maybe(
      'retain',
      fields(
        must('daily', fc.integer({ min: 1, max: 1000 })),
        maybe('hourly', fc.nat(48)),
        maybe('weekly', fc.nat(10)),
        maybe('monthly', fc.nat(24)),
        maybe('yearly', fc.nat(1000)),
      ),
    ),
    maybe('pruneDays', fc.integer({ min: 1, max: 365 })),
    maybe('cache', fields(maybe('size', size), maybe('storageClass', label))),
    must(
      'volumes',
      fc.uniqueArray(volumeOf(classes), {
        maxLength: 3,
        selector: ({ namespace, name }) => `${namespace}/${name}`,
      }),
    ),
  );

/** Versions of Talos that run a version of Kubernetes, by their minor numbers. */
function talosFor(kubernetes: string): number[] {
  return [...talosSupport.keys()].filter((talos) => runsKubernetes(`1.${talos}.0`, kubernetes));
}

/** What runs and what is to run, so that every state in between runs. */
function versions({ kubernetes }: Base): fc.Arbitrary<{ now: string; talos: string; kubernetes: string }> {
  const known = talosFor(kubernetes);
  const next = semver.inc(kubernetes, 'minor') ?? kubernetes;
  return fc
    .record({
      now: fc.constantFrom(...known),
      talosStep: fc.boolean(),
      kubernetesStep: fc.boolean(),
      patch: fc.nat(3),
      later: fc.nat(3),
    })
    .map(({ now, talosStep, kubernetesStep, patch, later }) => {
      const talos = talosStep && known.includes(now + 1) ? now + 1 : now;
      const fits = [now, talos].every((minor) => talosFor(next).includes(minor));
      return {
        now: `1.${now}.${patch}`,
        talos: `1.${talos}.${talos > now ? 0 : patch + later}`,
        kubernetes: kubernetesStep && fits ? next : (semver.inc(kubernetes, 'patch') ?? kubernetes),
      };
    });
}

const tuppr = fields(
  maybe(
    'windows',
    fc.array(
      fields(
        must('start', schedule),
        maybe('duration', fc.constantFrom('1h', '2h30m', '168h', '5400s')),
        maybe('timezone', fc.constantFrom('UTC', 'Europe/Berlin', 'America/Argentina/Ushuaia')),
      ),
      { maxLength: 2 },
    ),
  ),
  maybe('drain', fc.boolean()),
  maybe('ceph', label),
);

const certManager = fc.oneof(
  fc.constant({ kind: 'own' }),
  fields(fc.constant({ kind: 'letsencrypt' }), maybe('directory', fc.constantFrom('production', 'staging'))),
);

const talosBackup = fields(
  maybe('bucket', label),
  maybe('schedule', fc.oneof(schedule, fc.constant('7-59/15 1-5/2 * 1-6,8 MON'))),
);

/** Sections that hold together on a cluster. @param recipients - of which all can read what is encrypted */
export function platformSections(base: Base, recipients: readonly string[]): fc.Arbitrary<Platform> {
  return fc
    .uniqueArray(label, { minLength: 1, maxLength: 3 })
    .chain((names) => fc.tuple(...names.map((name) => storageClass.map((can) => [name, can] as const))))
    .chain((entries) => {
      const classes = Object.fromEntries(entries);
      return fc.record({
        recipients: fc.constant(recipients),
        controlPlane: fc
          .uniqueArray(fc.integer({ min: 1, max: 250 }), { minLength: 1, maxLength: 3 })
          .map((hosts) => hosts.map((host) => `198.51.100.${host}/32`)),
        stores: fc.subarray(['rustfs', 's3'], { minLength: 1 }),
        classes: fc.constant(classes),
        certManager: fc.option(certManager, { nil: undefined }),
        rustfs: rustfs(base),
        s3: maybe('region', fc.constantFrom('auto', 'eu-central-1')),
        volsync: fc.option(volsync(classes), { nil: undefined, freq: 4 }),
        talosBackup: fc.option(talosBackup, { nil: undefined }),
        tuppr: fc.option(tuppr, { nil: undefined }),
        versions: versions(base),
        target: fc.subarray(['talos', 'kubernetes'] as const),
        backsUpDatabase: fc.boolean(),
        endpoint: label.map((host) => `https://${host}.stores.test`),
        key: word(40, 40),
      });
    })
    .map(({ stores, versions: { now, ...targets }, target, ...inputs }) => {
      const [first = 's3'] = stores;
      const upgrades = Object.fromEntries(target.map((which) => [which, targets[which]]));
      return {
        ...inputs,
        talos: base.talos ? { talos: now } : {},
        rustfs: stores.includes('rustfs') ? inputs.rustfs : undefined,
        s3: stores.includes('s3') ? inputs.s3 : undefined,
        volsync: inputs.volsync && { ...inputs.volsync, stores },
        talosBackup:
          base.talos && inputs.talosBackup
            ? { ...inputs.talosBackup, store: first, recipient: recipients[0] }
            : undefined,
        tuppr: base.talos && inputs.tuppr ? { ...inputs.tuppr, ...upgrades } : undefined,
      };
    });
}

/** Leaves out what the copy method cannot copy, and gives every bucket and namespace its keys. */
export function withPlatform({ cluster, privateFile }: Configuration, platform: Platform): Configuration {
  const { classes, certManager: issuer, rustfs: inside, s3 } = platform;
  const { volsync: backups, talosBackup: etcd, tuppr: upgrades } = platform;
  const copies = (className: string, atOnce: boolean, mode: string): boolean => {
    const can = { accessModes: ['ReadWriteOnce'], clone: false, ...classes[className] };
    const method = copyMethodOf(backups?.copyMethod ?? 'auto', can);
    if (method === 'Snapshot') return can.snapshotClass !== undefined && can.accessModes.includes(mode);
    if (method === 'Clone') return can.clone && can.accessModes.includes(mode);
    return !atOnce && mode !== 'ReadWriteOncePod';
  };
  const volumes = (backups?.volumes ?? []).filter((each: ConfigData) =>
    copies(each.storageClass, each.atOnce ?? false, each.accessMode),
  );
  const [forDatabase] = Object.keys(classes).filter((name) => copies(name, true, 'ReadWriteOnce'));
  const { storage } = cluster.immich.database ?? {};
  if (backups && storage?.kind === 'volume' && platform.backsUpDatabase && forDatabase !== undefined)
    Object.assign(storage, { storageClass: forDatabase, backup: true });
  const namespaces: string[] = [
    ...new Set<string>([
      ...volumes.map((each: ConfigData) => each.namespace),
      ...(storage?.backup ? [cluster.immich.namespace ?? 'media'] : []),
    ]),
  ];
  const buckets = namespaces.map((name) => `${backups?.bucketPrefix ?? 'volsync'}-${name}`);
  const etcdBucket = etcd?.bucket ?? 'etcd-backups';
  const keys = (store: 'rustfs' | 's3', made: (name: string) => unknown): ConfigData =>
    Object.fromEntries(
      [
        ...(backups?.stores.includes(store) ? buckets : []),
        ...(etcd?.store === store ? [etcdBucket] : []),
      ].map((name) => [name, made(name)]),
    );
  const secret = (place: string): string => `${place}${platform.key}`.replace(/[^A-Za-z0-9]/g, '');
  const inputs = (sections: Record<string, ConfigData>): ConfigData =>
    Object.fromEntries(Object.entries(sections).filter(([, section]) => section !== undefined));
  return {
    cluster: {
      ...cluster,
      cluster: { ...cluster.cluster, ...platform.talos, storageClasses: classes },
      secrets: { recipients: platform.recipients },
      ...inputs({
        ...{ rustfs: inside, s3, talosBackup: etcd, tuppr: upgrades },
        certManager: issuer && { issuer },
        volsync: backups && { ...backups, volumes },
      }),
    },
    privateFile: {
      ...privateFile,
      cluster: {
        ...privateFile.cluster,
        network: { ...privateFile.cluster.network, controlPlane: platform.controlPlane },
      },
      ...inputs({
        certManager:
          issuer?.kind === 'letsencrypt'
            ? { issuer: { email: 'somebody@people.test', token: secret('dns') } }
            : undefined,
        rustfs: inside && {
          secretKey: secret('root'),
          readerKey: secret('reader'),
          keys: keys('rustfs', (name) => secret(`r${name}`)),
        },
        s3: s3 && {
          endpoint: platform.endpoint,
          keys: keys('s3', (name) => ({ accessKey: secret(`a${name}`), secretKey: secret(`s${name}`) })),
        },
        volsync: backups && {
          passwords: Object.fromEntries(namespaces.map((name) => [name, secret(`p${name}`)])),
        },
      }),
    },
  };
}
