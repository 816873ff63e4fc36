import { describe, expect, it } from 'vitest';
import { doesEnforce, enforcerNamed, enforcerNames, refusalOf } from './enforcers.ts';

describe('the names of enforcers', () => {
  it.each(['kube-router', 'Cilium', ' calico ', 'tigera', 'canal', 'kube-network-policies', 'antrea'])(
    '%s enforces',
    (name) => {
      expect(doesEnforce(name)).toBe(true);
      expect(refusalOf(name)).toBeUndefined();
    },
  );

  it.each([
    ['flannel', /kube-network-policies in Talos/],
    ['Flannel', /enforces no network policy/],
    ['k3s', /kube-router/],
    ['talos', /kubeNetworkPoliciesEnabled/],
    ['istio', /no NetworkPolicy/],
    ['nobody-at-all', /known to enforce/],
    ['cilium-typo', /known to enforce/],
    ['kube-router2', /known to enforce/],
    ['', /known to enforce/],
    ['given', /known to enforce/],
    ['constructor', /known to enforce/],
  ])('%s is refused', (name, why) => {
    expect(refusalOf(name)).toMatch(why);
    expect(enforcerNamed(name)).toBeUndefined();
  });

  it('takes the word for nothing, which enforces nothing', () => {
    expect(refusalOf('none')).toBeUndefined();
    expect(doesEnforce('none')).toBe(false);
  });

  it('lists every name that it takes', () => {
    expect(enforcerNames.map(refusalOf)).toEqual(enforcerNames.map(() => undefined));
    expect(enforcerNames).toContain('none');
  });
});
