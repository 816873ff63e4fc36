import { compile } from '../../src/compile/compile.ts';
import type { Plan } from '../../src/compile/plan.ts';
import { catalogue, clusterSchema } from '../../src/components/catalogue.ts';
import { loadCluster } from '../../src/config/load.ts';
import type { Problem } from '../../src/problems/problem.ts';
import { type ConfigData, exampleDirectory } from '../testDirectory.ts';
import { sampleGates } from './sampleGates.ts';

/** The example home with sections of its own, and a gateway that provides every route. */
export function compiled(
  sections: ConfigData,
  privateSections: ConfigData,
  gates = sampleGates(),
): { plan?: Plan; problems: readonly Problem[] } {
  using directory = exampleDirectory();
  directory.edit('cluster.yaml', (value) => Object.assign(value, sections));
  directory.edit('cluster.private.yaml', (value) => Object.assign(value, privateSections));
  const file = (name: string) => ({ file: name, bytes: new TextEncoder().encode(directory.read(name)) });
  const { loaded, problems } = loadCluster(
    { cluster: file('cluster.yaml'), privateFile: file('cluster.private.yaml') },
    clusterSchema,
  );
  return loaded === undefined ? { problems } : compile(loaded, [...catalogue, gates]);
}

/** The plan of {@link compiled}. */
export function planOf(sections: ConfigData, privateSections: ConfigData): Plan {
  const { plan, problems } = compiled(sections, privateSections);
  if (plan === undefined) throw new Error(JSON.stringify(problems));
  return plan;
}

/** The objects of a plan with a kind and a name. */
export function objects<Kind>(plan: Plan, kind: string, name: string): readonly Kind[] {
  return plan.objects
    .map(({ object }) => object)
    .filter(
      (object) => object.kind === kind && object.metadata.name === name,
    ) as unknown[] as readonly Kind[];
}

/** The backend of a route. */
export const backend = {
  namespace: 'home-automation',
  service: 'home-assistant',
  port: 80,
  targetPort: 8123,
  pods: { labels: { app: 'home-assistant' } },
};
/** The audience of an application of Access. */
export const audience = '0'.repeat(64);
