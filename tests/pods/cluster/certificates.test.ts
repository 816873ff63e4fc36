import { createPrivateKey, createPublicKey, sign, verify, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { issuerOf, makeAuthority, signingKeyPair } from './certificates.ts';

describe('an authority', () => {
  const authority = makeAuthority('test-ca');
  const issue = issuerOf(authority);
  const root = new X509Certificate(authority.certificate);

  test('signs itself as an authority', () => {
    expect(root.ca).toBe(true);
    expect(root.subject).toBe('CN=test-ca');
    expect(root.verify(root.publicKey)).toBe(true);
    expect(root.checkPrivateKey(createPrivateKey(authority.key))).toBe(true);
  });

  test('issues a server certificate for names and addresses', () => {
    const { certificate, key } = issue({
      commonName: 'kube-apiserver',
      usage: 'server',
      names: ['kubernetes.default.svc', 'localhost'],
      addresses: ['127.0.0.1', '10.43.0.1'],
    });
    const read = new X509Certificate(certificate);
    expect(read.verify(root.publicKey)).toBe(true);
    expect(read.checkIssued(root)).toBe(true);
    expect(read.ca).toBe(false);
    expect(read.checkHost('kubernetes.default.svc')).toBe('kubernetes.default.svc');
    expect(read.checkHost('example.org')).toBeUndefined();
    expect(read.checkIP('10.43.0.1')).toBe('10.43.0.1');
    expect(read.checkIP('10.43.0.2')).toBeUndefined();
    expect(read.checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect(Date.parse(read.validFrom)).toBeLessThan(Date.now());
    expect(Date.parse(read.validTo)).toBeGreaterThan(Date.now());
  });

  test('issues a client certificate whose organization is the group', () => {
    const read = new X509Certificate(
      issue({ commonName: 'system:node:alpha', organization: 'system:nodes', usage: 'client' }).certificate,
    );
    expect(read.subject).toBe('O=system:nodes\nCN=system:node:alpha');
    expect(read.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
  });

  test('issues a long certificate, whose length takes two bytes', () => {
    const names = Array.from({ length: 60 }, (_, index) => `name-${index}.example.org`);
    const read = new X509Certificate(issue({ commonName: 'many', usage: 'server', names }).certificate);
    expect(read.checkHost('name-59.example.org')).toBe('name-59.example.org');
    expect(read.verify(root.publicKey)).toBe(true);
  });

  test('refuses an address that it cannot write', () => {
    expect(() => issue({ commonName: 'six', usage: 'server', addresses: ['::1'] })).toThrow(
      '::1 is no IPv4 address',
    );
  });

  test('is believed by TLS, and another authority of the same name is not', async () => {
    const { certificate, key } = issue({
      commonName: 'server',
      usage: 'server',
      names: ['server.example'],
    });
    const server = createServer({ cert: certificate, key }, (socket) => socket.end()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const tryWith = async (ca: string): Promise<string> => {
      const client = connect({ port, host: '127.0.0.1', servername: 'server.example', ca });
      try {
        await once(client, 'secureConnect');
        return 'trusted';
      } catch (error) {
        return (error as NodeJS.ErrnoException).code ?? 'refused';
      } finally {
        client.destroy();
      }
    };
    expect(await tryWith(authority.certificate)).toBe('trusted');
    expect(await tryWith(makeAuthority('test-ca').certificate)).not.toBe('trusted');
    server.close();
  });
});

test('signingKeyPair makes two keys that belong together', () => {
  const pair = signingKeyPair();
  const signature = sign('sha256', Buffer.from('token'), createPrivateKey(pair.privateKey));
  expect(verify('sha256', Buffer.from('token'), createPublicKey(pair.publicKey), signature)).toBe(true);
});
