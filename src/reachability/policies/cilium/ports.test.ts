import { describe, expect, it } from 'vitest';
import { asked, ciliumPolicy, web } from '../../../../tests/reachability/podQuestions.ts';

describe('ports of a rule of Cilium', () => {
  it.each<[name: string, spec: string, from: string, reach: string]>([
    [
      'admits everybody by ports without peers',
      `{${web}, ingress: [{toPorts: [{ports: [{port: "80"}]}]}]}`,
      'y/far',
      'allowed/allowed',
    ],
    [
      'admits no connection by a rule about ICMP',
      `{${web}, ingress: [{fromEntities: [all], icmps: [{fields: [{type: 8}]}]}]}`,
      'y/far',
      'blocked/allowed',
    ],
    [
      'resolves a named port on the pod that serves',
      `{${web}, ingress: [{toPorts: [{ports: [{port: HTTP, protocol: TCP}]}]}]}`,
      'y/far',
      'allowed/allowed',
    ],
    [
      'may admit by a rule with HTTP conditions',
      `{${web}, ingress: [{toPorts: [{ports: [{port: "80"}], rules: {http: [{method: GET}]}}]}]}`,
      'y/far',
      'unknown/allowed',
    ],
    [
      'admits by a rule with an empty HTTP condition',
      `{${web}, ingress: [{toPorts: [{ports: [{port: "80"}], rules: {http: [{}]}}]}]}`,
      'y/far',
      'allowed/allowed',
    ],
    [
      'admits by a rule without conditions beside one with them',
      `{${web}, ingress: [{toPorts: [{ports: [{port: "80"}], rules: {http: [{method: GET}]}}]}, {fromEntities: [cluster]}]}`,
      'y/far',
      'allowed/allowed',
    ],
    [
      'may reject by HTTP conditions where nothing isolates',
      `{${web}, enableDefaultDeny: {ingress: false}, ingress: [{toPorts: [{ports: [{port: "80"}], rules: {http: [{method: GET}]}}]}]}`,
      'y/far',
      'unknown/allowed',
    ],
    [
      'leaves a rule with an invalid port in doubt',
      `{${web}, ingress: [{toPorts: [{ports: [{port: "70000"}]}]}]}`,
      'y/far',
      'unknown/allowed',
    ],
    [
      'may admit by an empty list of ports',
      `{${web}, ingress: [{toPorts: [{ports: []}]}]}`,
      'y/far',
      'unknown/allowed',
    ],
  ])('%s', (_name, spec, from, reach) => {
    expect(asked(ciliumPolicy(spec), from, 'x/web').reach).toBe(reach);
  });

  it.each<[name: string, egress: string, to: string, reach: string]>([
    [
      'may cover a port by its name',
      '{toPorts: [{ports: [{port: http, protocol: TCP}]}]}',
      'y/far',
      'allowed/unknown',
    ],
    [
      'admits every question to DNS',
      '{toPorts: [{ports: [{port: "80"}], rules: {dns: [{matchPattern: "*"}]}}]}',
      'y/far',
      'allowed/allowed',
    ],
    [
      'may admit where only some questions to DNS pass',
      '{toPorts: [{ports: [{port: "80"}], rules: {dns: [{matchName: a.b}]}}]}',
      'y/far',
      'allowed/unknown',
    ],
    [
      'may admit where only some server names pass',
      '{toPorts: [{ports: [{port: "80"}], serverNames: [a.b]}]}',
      'y/far',
      'allowed/unknown',
    ],
  ])('in egress: %s', (_name, egress, to, reach) => {
    expect(asked(ciliumPolicy(`{${web}, egress: [${egress}]}`), 'x/web', to).reach).toBe(reach);
  });

  it('cover any protocol where none is named, and SCTP perhaps', () => {
    const any = ciliumPolicy(`{${web}, ingress: [{toPorts: [{ports: [{port: "0"}]}]}]}`);
    expect(asked(any, 'y/far', 'x/web', 53, { protocol: 'UDP' }).reach).toBe('allowed/allowed');
    expect(asked(any, 'y/far', 'x/web', 53, { protocol: 'SCTP' }).reach).toBe('unknown/allowed');
  });

  it('name the conditions beside the port', () => {
    const { why } = asked(
      ciliumPolicy(
        `{${web}, ingress: [{toPorts: [{ports: [{port: "80"}], rules: {http: [{method: GET}]}}]}]}`,
      ),
      'y/far',
      'x/web',
    );
    expect(why).toContain('ingress[0] (it asks for http rules too)');
  });
});
