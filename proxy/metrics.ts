import type { KeptKeys } from './keeper.ts';

/** The metrics of one pod in the text format of Prometheus 0.0.4. */
export function metricsText(variables: NginxVariables, kept: KeptKeys | undefined, verdicts: number): string {
  const states = ['active', 'reading', 'writing', 'waiting'];
  return `${[
    '# HELP gatehouse_connections Connections of clients, by state.',
    '# TYPE gatehouse_connections gauge',
    ...states.map(
      (state) => `gatehouse_connections{state="${state}"} ${variables[`connections_${state}`] ?? '0'}`,
    ),
    '# HELP gatehouse_keys Keys of Access that are known.',
    '# TYPE gatehouse_keys gauge',
    `gatehouse_keys ${kept === undefined ? 0 : Object.keys(kept.keys).length}`,
    '# HELP gatehouse_keys_fetched_seconds When the keys came, seconds since 1970; 0 before the first time.',
    '# TYPE gatehouse_keys_fetched_seconds gauge',
    `gatehouse_keys_fetched_seconds ${kept === undefined ? 0 : Math.floor(kept.fetchedAt / 1000)}`,
    '# HELP gatehouse_verdicts Tokens that are known to be good.',
    '# TYPE gatehouse_verdicts gauge',
    `gatehouse_verdicts ${verdicts}`,
  ].join('\n')}\n`;
}
