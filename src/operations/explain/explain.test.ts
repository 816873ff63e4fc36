import { describe, expect, it } from 'vitest';
import { codes } from '../../problems/codes.ts';
import { explanationOf } from './explain.ts';

describe('what a field or a code means', () => {
  it('tells the fields of a section, and to which form of it each belongs', () => {
    const explanation = explanationOf('immich.library');
    const below = explanation.kind === 'field' ? explanation.below : [];
    const field = (name: string) => below.find(({ path }) => path === `immich.library.${name}`);
    expect(field('kind')?.type).toBe('hostPath | nfs');
    expect(field('server')?.only).toEqual(['kind: nfs']);
    expect(field('path')).toMatchObject({ visibility: 'private', substitution: 'NAS_LIBRARY_PATH' });
    expect(field('path')?.only).toBeUndefined();
  });

  it('tells a choice once that several forms have', () => {
    const explanation = explanationOf('routes.shop.internet.login');
    const below = explanation.kind === 'field' ? explanation.below : [];
    const field = (name: string) => below.find(({ path }) => path === `routes.shop.internet.login.${name}`);
    expect(field('kind')?.type).toBe('access | jwt | oidc | extauth | access-and | oidc-or-jwt | none');
    expect(field('kind')?.description?.match(/none: /g)).toHaveLength(1);
    expect(field('until')?.only).toEqual(['kind: none']);
  });

  it('tells the whole configuration for nothing', () => {
    const explanation = explanationOf('');
    const below = explanation.kind === 'field' ? explanation.below.map(({ path }) => path) : [];
    expect(below).toContain('cluster');
    expect(below).toContain('immich');
  });

  it.each(Object.keys(codes))('tells %s', (code) => {
    const explanation = explanationOf(code);
    expect(explanation).toMatchObject({ kind: 'code', code });
    expect(explanation.kind === 'code' && explanation.means).toMatch(/\.$/);
  });

  it('names what was probably meant', () => {
    expect(explanationOf('imich.host')).toEqual({
      kind: 'unknown',
      subject: 'imich.host',
      near: 'immich.host',
    });
  });
});
