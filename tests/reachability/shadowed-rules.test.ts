// Crosses the proxies and the invariants of the prover: rules of a tunnel that an earlier rule shadows.
import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/reachability/analyse.ts';
import { changed, home, readYaml } from './home.ts';

interface Rule {
  hostname?: string;
  path?: string;
}

const service = 'http://gate.edge.svc.cluster.local:8080';

/** The verdict about the last of some rules of the tunnel of the model home. */
function provedWith(...rules: readonly Rule[]) {
  const ingress = rules.map((rule) => `\n      - ${JSON.stringify({ ...rule, service })}`).join('');
  const yaml = changed(
    `
      - hostname: photos.example.org
        service: ${service}
        originRequest:
          access:
            required: true
            teamName: example
            audTag: [aaaaaaaaaaaaaaaa]`,
    ingress,
  );
  const rule = `ingress[${rules.length - 1}]`;
  const { proofs } = analyse(readYaml(yaml), home);
  const found = proofs.find(
    ({ invariant, claim }) => invariant === 'ways-work' && claim.startsWith('What ') && claim.includes(rule),
  );
  if (found === undefined) throw new Error(`no proof about ${rule}`);
  return found;
}

const photos = { hostname: 'photos.example.org' };

describe('a rule of a tunnel', () => {
  it.each<[string, Rule, Rule]>([
    ['the same hostname', photos, photos],
    ['a wildcard that matches it', { hostname: '*.example.org' }, photos],
    ['a wider wildcard', { hostname: '*.example.org' }, { hostname: '*.home.example.org' }],
    ['the same hostname and no path', photos, { ...photos, path: '^/api' }],
    ['the same hostname and the same path', { ...photos, path: '^/api' }, { ...photos, path: '^/api' }],
    ['the same hostname and a path that matches all', { ...photos, path: '/' }, photos],
    ['every hostname and a path that matches all', { hostname: '*', path: '/' }, photos],
    ['a path that is a part of its path', { ...photos, path: '/api' }, { ...photos, path: '^/api/v1$' }],
    ['a wider expression', { ...photos, path: '^/(?:api|share)' }, { ...photos, path: '^/share/(\\w+)' }],
    ['the hostname in ASCII', { hostname: 'xn--fots-7qa.example.org' }, { hostname: 'fotös.example.org' }],
    ['the same variable', { hostname: '${HOST}' }, { hostname: '${HOST}' }],
    ['a wildcard of the same domain', { hostname: '*.${DOMAIN}' }, { hostname: 'photos.${DOMAIN}' }],
  ])('never gets a request where an earlier rule has %s', (_, earlier, later) => {
    const { verdict, sentence, evidence } = provedWith(earlier, later);
    expect(verdict).toBe('refuted');
    expect(sentence).toMatch(/ingress\[1\] never gets a request: ingress\[0\] matches the same requests/);
    expect(evidence.map(({ rule }) => rule)).toEqual(['ingress[0]', 'ingress[1]']);
  });

  it.each<[string, Rule, Rule]>([
    ['a variable', { hostname: '${HOST}' }, photos],
    ['another variable', { hostname: '${HOST}' }, { hostname: '${OTHER}' }],
    ['a wildcard, and it a variable', { hostname: '*.example.org' }, { hostname: '${HOST}' }],
    ['the same hostname in another case', { hostname: 'Photos.example.org' }, photos],
  ])('may never get a request where an earlier rule has %s', (_, earlier, later) => {
    const { verdict, sentence } = provedWith(earlier, later);
    expect(verdict).toBe('unknown');
    expect(sentence).toMatch(/ingress\[1\] may never get a request: ingress\[0\] may match/);
  });

  it.each<[string, Rule, Rule]>([
    ['another hostname', { hostname: 'notes.example.org' }, photos],
    ['a hostname that ends in the same letters', { hostname: 'otos.example.org' }, photos],
    ['a wildcard below it', { hostname: '*.photos.example.org' }, photos],
    ['a narrower hostname', photos, { hostname: '*.example.org' }],
    ['a path of the same hostname', { ...photos, path: '^/api' }, photos],
    ['another path of the same hostname', { ...photos, path: '^/api' }, { ...photos, path: '^/share' }],
    ['another name in the same domain', { hostname: 'notes.${DOMAIN}' }, { hostname: 'photos.${DOMAIN}' }],
  ])('gets requests where an earlier rule has %s', (_, earlier, later) => {
    expect(provedWith(earlier, later).verdict).toBe('proved');
  });

  it.each<[string, Rule]>([
    ['a wildcard with capitals', { hostname: '*.Example.org' }],
    ['a wildcard without a dot', { hostname: '*example.org' }],
    ['capitals that are no name of DNS', { hostname: 'My_App.example.org' }],
    ['a dot at the end', { hostname: 'photos.example.org.' }],
  ])('never gets a request with %s', (_, rule) => {
    const { verdict, sentence } = provedWith(rule);
    expect(verdict).toBe('refuted');
    expect(sentence).toContain('never gets a request');
  });

  it.each([
    ['capitals', 'Photos.example.org'],
    ['letters beyond ASCII', 'fotös.example.org'],
  ])('may never get a request with %s, which older versions do not match', (_, hostname) => {
    expect(provedWith({ hostname }).verdict).toBe('unknown');
  });

  it('is refuted where one of two earlier rules matches for certain', () => {
    expect(provedWith({ hostname: '${HOST}' }, photos, photos).verdict).toBe('refuted');
  });
});
