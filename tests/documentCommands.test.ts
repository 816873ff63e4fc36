// Crosses the documents, the commands and bash: every command of every document is one.
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { clusterSchema } from '../src/components/catalogue.ts';
import { fieldsAt, fieldsOf } from '../src/config/fields.ts';
import { type Change, compiled } from './compiledDocuments.ts';
import { callsOf, commandsOf, scriptsOf } from './documentCommands.ts';
import { home } from './home.ts';
import { gatehouse } from './program.ts';

const share: Change = (cluster, privateFile) => {
  cluster.immich.library = { kind: 'nfs', sentinel: cluster.immich.library.sentinel };
  privateFile.immich.library = { server: 'nas.example.org', path: '/volume7/photos' };
  cluster.immich.oidc = { enabled: true };
  cluster.immich.administrator = { kind: 'oidc' };
  privateFile.immich.administrator = { email: 'somebody@example.org' };
};
const byHand: Change = (cluster) => {
  cluster.secrets = {};
  cluster.repository.url = 'https://git.example.org/somebody/home';
  cluster.cluster.network.policyEnforcer = 'calico';
};
const repositories = [
  { name: 'home', documents: compiled().documents },
  { name: 'home with a share and OpenID Connect', documents: compiled(share).documents },
  { name: 'home with values by hand', documents: compiled(byHand).documents },
  { name: 'platform', documents: compiled(() => {}, 'platform').documents },
];

describe('the commands of a script', () => {
  it('are noted as bash calls them, and none runs', () => {
    expect(
      commandsOf('touch \'a b\' | cat\nfor x in $(kubectl get nodes); do talosctl -n "$x" version; done'),
    ).toEqual(
      expect.arrayContaining([
        ['touch', 'a b'],
        ['kubectl', 'get', 'nodes'],
        ['talosctl', '-n', 'alpha', 'version'],
      ]),
    );
  });
});

describe('the ends of a pipe', () => {
  it('stay apart, although they run at the same time', { timeout: 120_000 }, () => {
    const script = "kubectl create namespace a | kubectl apply -f - | grep 'one\ntwo' | kubectl get -f -\n";
    const calls = commandsOf(script.repeat(600)).map((call) => call.join(' '));
    expect(calls.length).toBe(2400);
    expect(new Set(calls)).toEqual(
      new Set(['kubectl create namespace a', 'kubectl apply -f -', 'grep one\ntwo', 'kubectl get -f -']),
    );
  });
});

describe.each(repositories)('the documents of $name', ({ documents }) => {
  it.each([...documents.keys()])('%s: bash reads each block and each command by itself', (path) => {
    const faults = scriptsOf(documents.get(path) ?? '').flatMap((script) => {
      const { status, stderr } = spawnSync('bash', ['-n'], { input: script, encoding: 'utf8' });
      return status === 0 && stderr === '' ? [] : [{ script, stderr }];
    });
    expect(faults).toEqual([]);
  });

  it('call gatehouse with commands, flags and fields that it has', async () => {
    using directory = home();
    const schema = fieldsOf(clusterSchema);
    const calls = callsOf('gatehouse', documents.values());
    expect(calls.length).toBeGreaterThan(15);
    for (const [, ...args] of calls) {
      const call = args.join(' ');
      if (args[0] === '--version') continue;
      const first = args.findIndex((word) => word.startsWith('-'));
      const route = args.slice(0, first < 0 ? args.length : first);
      const group = ['secrets', 'recipients'];
      const length = route.findIndex((word) => !group.includes(word)) + 1;
      const words = route.slice(0, length === 0 ? route.length : length);
      const { code, stdout } = await gatehouse(directory, ...words, '--help');
      expect({ call, code, usage: stdout.includes(`gatehouse ${words.join(' ')}`) }).toEqual({
        call,
        code: 0,
        usage: true,
      });
      for (const word of args.filter((each) => each.startsWith('-')))
        expect({ call, word, known: new RegExp(`(?:^|[\\s[])${word}\\b`).test(stdout) }).toEqual({
          call,
          word,
          known: true,
        });
      const [field] = route.slice(words.length);
      if (field !== undefined && /^secrets (?:get|set)$/.test(words.join(' ')) && field !== 'FIELD')
        expect({ call, found: fieldsAt(schema, field.split('.')).length > 0 }).toEqual({ call, found: true });
    }
  });
});
