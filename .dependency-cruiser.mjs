/** Which room may call which. The picture is in docs/architecture.md; this file is what CI runs. */
const rooms = {
  problems: [],
  encoding: [],
  kubernetes: ['problems'],
  config: ['problems', 'encoding', 'kubernetes'],
  components: ['problems', 'kubernetes', 'config'],
  secrets: ['problems', 'encoding', 'kubernetes'],
  privacy: ['problems', 'kubernetes', 'secrets'],
  exposure: ['problems', 'kubernetes'],
  repository: ['problems', 'kubernetes'],
  compile: ['problems', 'kubernetes', 'config', 'components', 'secrets', 'privacy'],
  workspace: [
    'problems',
    'kubernetes',
    'config',
    'components',
    'secrets',
    'privacy',
    'exposure',
    'repository',
    'compile',
  ],
  report: [
    'problems',
    'kubernetes',
    'config',
    'components',
    'secrets',
    'privacy',
    'exposure',
    'repository',
    'compile',
    'workspace',
  ],
};

const fences = Object.entries(rooms).map(([room, allowed]) => ({
  name: `${room}-calls-only-${allowed.length === 0 ? 'nothing' : allowed.join('-')}`,
  severity: 'error',
  from: { path: `^src/${room}/`, pathNot: '\\.test\\.ts$' },
  to: { path: '^src/', pathNot: `^src/(${[room, ...allowed].join('|')})/` },
}));

export default {
  forbidden: [
    ...fences,
    {
      name: 'components-never-call-one-another',
      severity: 'error',
      from: { path: '^src/components/([^/]+)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^src/components/([^/]+)/', pathNot: '^src/components/$1/' },
    },
    {
      name: 'no-circle',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'no-orphan', severity: 'error', from: { orphan: true, pathNot: '\\.(test|d)\\.ts$' }, to: {} },
    {
      name: 'nothing-calls-a-test',
      severity: 'error',
      from: { pathNot: '\\.test\\.ts$' },
      to: { path: '\\.test\\.ts$' },
    },
    {
      name: 'only-what-is-declared',
      severity: 'error',
      from: { pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown', 'undetermined'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types'] },
  },
};
