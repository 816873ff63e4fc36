import { debianRoot, type Part } from './part.ts';

/** The links by which programs of one binary are called. */
function links(directory: string, target: string, names: string): Record<string, string> {
  return Object.fromEntries(names.split(' ').map((name) => [`${directory}/${name}`, target]));
}

const nobody = 65534;

/** A line of passwd(5) and of group(5) for each user of an image, after root and before nobody. */
function users(...named: readonly (readonly [name: string, id: number, shell?: string])[]) {
  const all = [['root', 0, '/bin/sh'], ...named, ['nobody', nobody]] as const;
  const lines = (line: (name: string, id: number, shell: string) => string) =>
    all.map(([name, id, shell = '/usr/sbin/nologin']) => `${line(name, id, shell)}\n`).join('');
  return {
    'etc/passwd': lines((name, id, shell) => `${name}:x:${id}:${id}::/${id === 0 ? 'root' : 'tmp'}:${shell}`),
    'etc/group': lines((name, id) => `${id === nobody ? 'nogroup' : name}:x:${id}:`),
  };
}

/** What the alternatives of iptables would be with the default of Debian. */
const iptables = Object.fromEntries(
  ['iptables', 'ip6tables'].flatMap((name) =>
    ['', '-save', '-restore'].map((verb) => [`usr/sbin/${name}${verb}`, `${name}-nft${verb}`]),
  ),
);

/** What the nginx of the image that runs as a user without rights reads by default: the process id is in /tmp. */
const nginxConfiguration = `worker_processes auto;
error_log /var/log/nginx/error.log notice;
pid /tmp/nginx.pid;
events {
    worker_connections 1024;
}
http {
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    client_body_temp_path /tmp/client_temp;
    proxy_temp_path /tmp/proxy_temp_path;
    fastcgi_temp_path /tmp/fastcgi_temp;
    uwsgi_temp_path /tmp/uwsgi_temp;
    scgi_temp_path /tmp/scgi_temp;
    include /etc/nginx/conf.d/*.conf;
}
`;

const postgres = {
  packages: {
    'postgresql-18': '18.4',
    'postgresql-client-18': '18.4',
    'base-files': '14',
    bash: '5.3',
    coreutils: '9.7',
    findutils: '4.10',
    grep: '3.12',
    libsystemd0: '258',
    sed: '4.9',
  },
  program: 'usr/lib/postgresql/18/bin/postgres',
  links: {
    'usr/bin/sh': 'bash',
    ...Object.fromEntries(
      'postgres initdb pg_ctl pg_isready psql pg_dump pg_dumpall pg_restore createdb dropdb pg_controldata'
        .split(' ')
        .map((name) => [`usr/bin/${name}`, `../lib/postgresql/18/bin/${name}`]),
    ),
  },
  // 999 is the user of the image of PostgreSQL, 26 that of CloudNativePG's.
  texts: users(['postgres', 999, '/bin/bash'], ['cnpg', 26, '/bin/bash']),
  directories: {
    'run/postgresql': 0o1777,
    'var/lib/postgresql': 0o1777,
    'docker-entrypoint-initdb.d': 0o755,
  },
  dropped: ['usr/share/perl', 'usr/share/perl5'],
  probe: ['--version'],
} as const;

/**
 * Root file systems of Debian: the node's, and those of the images that the bench of pods runs. A root is read-only for
 * those who use it: whoever writes puts a layer over it.
 */
export const roots = {
  'node-root': debianRoot('forky', {
    version: '2.1',
    packages: {
      containerd: '2.1',
      runc: '1.3',
      'containernetworking-plugins': '1.7',
      iptables: '1.8.11',
      ipset: '7.22',
      nftables: '1.1',
      conntrack: '1.4.8',
      mount: '2.41',
      'util-linux': '2.41',
      iproute2: '6.15',
      bash: '5.2',
      coreutils: '9.7',
      'busybox-static': '1.37',
      procps: '4.0',
      grep: '3.11',
      sed: '4.9',
      gawk: '5.2',
      findutils: '4.10',
      ethtool: '6.14',
      'ca-certificates': '2025',
      'base-files': '14',
      kmod: '34',
    },
    program: 'usr/bin/containerd',
    files: { runc: 'usr/sbin/runc', cni: 'usr/lib/cni' },
    links: { 'usr/bin/sh': 'bash', 'usr/bin/awk': 'gawk', ...iptables },
    directories: {
      opt: 0o755,
      root: 0o700,
      'etc/cni/net.d': 0o755,
      'etc/containerd': 0o755,
      'var/lib/containerd': 0o711,
      'var/lib/etcd': 0o700,
      'var/lib/kubelet': 0o755,
      'var/log/pods': 0o755,
    },
    probe: ['--version'],
    prints: 'containerd',
  }),
  'busybox-root': debianRoot('forky', {
    version: '1.37',
    packages: { 'busybox-static': '1.37' },
    program: 'usr/bin/busybox',
    links: {
      bin: 'usr/bin',
      sbin: 'usr/bin',
      ...links(
        'usr/bin',
        'busybox',
        'ash awk base64 basename cat chgrp chmod chown cmp cp cut date dd df dirname dmesg du echo env expr false find free grep gunzip gzip head hostname httpd id ifconfig ip kill killall ln ls md5sum mkdir mkfifo mknod mktemp more mount mv nc netstat nslookup od pidof ping printf ps pwd readlink realpath reset rm rmdir sed seq sh sha256sum sleep sort stat stty sync tail tar tee telnet test time timeout top touch tr traceroute true tty udhcpc umount uname uniq uptime usleep vi watch wc wget which whoami xargs yes',
      ),
    },
    texts: users(),
    directories: { root: 0o700, etc: 0o755 },
    probe: ['--help'],
    prints: 'BusyBox',
  }),
  'nginx-root': debianRoot('forky', {
    version: '1.30',
    packages: { nginx: '1.30', 'libnginx-mod-http-js': '1.0', busybox: '1.37', 'base-files': '14' },
    program: 'usr/sbin/nginx',
    links: {
      // The image is Alpine's: its shell and its small programs are busybox.
      ...links(
        'usr/bin',
        'busybox',
        'sh ash awk cat date env grep head id kill ls mkdir nc nslookup ps rm sed sleep sort stat tail timeout touch tr true wc wget xargs',
      ),
      'etc/nginx/modules': '../../usr/lib/nginx/modules',
      'var/log/nginx/access.log': '/dev/stdout',
      'var/log/nginx/error.log': '/dev/stderr',
    },
    texts: { ...users(['nginx', 101]), 'etc/nginx/nginx.conf': nginxConfiguration },
    directories: { 'etc/nginx/conf.d': 0o755, 'var/cache/nginx': 0o777, 'etc/ssl/certs': 0o755 },
    dropped: ['usr/share/perl', 'usr/share/perl5', 'etc/nginx/modules-enabled'],
    probe: ['-v'],
    prints: 'nginx/1.',
  }),
  'valkey-root': debianRoot('forky', {
    version: '9.0',
    packages: {
      'valkey-server': '9.0',
      'valkey-tools': '9.0',
      'base-files': '14',
      bash: '5.3',
      coreutils: '9.7',
    },
    program: 'usr/bin/valkey-server',
    links: { 'usr/bin/sh': 'bash' },
    texts: users(['valkey', 999]),
    directories: { data: 0o777 },
    dropped: ['usr/share/perl', 'usr/share/perl5'],
    probe: ['--version'],
    prints: 'v=9.',
  }),
  'postgres-root': debianRoot('forky', { ...postgres, version: '18.4', prints: 'PostgreSQL) 18.' }),
  'pgvector-root': debianRoot('forky', {
    ...postgres,
    version: '18.4',
    packages: { ...postgres.packages, 'postgresql-18-pgvector': '0.8' },
    files: {
      'vector-library': 'usr/lib/postgresql/18/lib/vector.so',
      'vector-control': 'usr/share/postgresql/18/extension/vector.control',
      extensions: 'usr/share/postgresql/18/extension',
    },
    prints: 'PostgreSQL) 18.',
  }),
  // What the mover of VolSync calls.
  'restic-root': debianRoot('forky', {
    version: '0.18',
    packages: {
      restic: '0.18',
      bash: '5.3',
      coreutils: '9.7',
      findutils: '4.10',
      gawk: '5.2',
      grep: '3.12',
      sed: '4.9',
      acl: '2.3',
      'base-files': '14',
    },
    program: 'usr/bin/restic',
    links: { 'usr/bin/sh': 'bash', 'usr/bin/awk': 'gawk' },
    texts: users(),
    directories: { 'mover-restic': 0o755 },
    dropped: ['usr/share/perl', 'usr/share/perl5'],
    probe: ['version'],
    prints: 'restic 0.',
  }),
  'nodejs-root': debianRoot('forky', {
    version: '22',
    packages: {
      nodejs: '22',
      tini: '0.19',
      curl: '8.14',
      bash: '5.3',
      dash: '0.5.12',
      coreutils: '9.7',
      findutils: '4.10',
      grep: '3.12',
      mawk: '1.3.4',
      sed: '4.9',
      'util-linux': '2.41',
      procps: '4.0',
      'base-files': '14',
    },
    program: 'usr/bin/node',
    files: { tini: 'usr/bin/tini', curl: 'usr/bin/curl' },
    // As in Debian's own images, and so in Immich's.
    links: { 'usr/bin/sh': 'dash', 'usr/bin/awk': 'mawk' },
    texts: users(['node', 1000, '/bin/bash']),
    directories: { data: 0o755, root: 0o700, 'etc/ssl/certs': 0o755 },
    dropped: ['usr/share/perl', 'usr/share/perl5'],
    probe: ['--version'],
    prints: 'v',
  }),
} as const satisfies Record<string, Part>;
