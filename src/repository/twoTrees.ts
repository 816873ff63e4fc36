import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Call, intercepted } from './faultInjection.ts';
import type { PlannedFile } from './plan.ts';
import { compareAndWrite, expectValue, type Files, putFiles, snapshot, withTree } from './testTree.ts';

/** The files of the user, from before the first run. */
export const userFiles: Files = {
  'README.md': '# Home\n',
  'clusters/home/kustomization.yaml': 'resources:\n- ../../own # mine\n',
  'own/kustomization.yaml': 'resources: []\n',
};

export const manyFiles = (content: string) =>
  Array.from({ length: 7 }, (_, index) => ({
    path: `apps/many/${index}.yaml`,
    content: `${content}: ${index}\n`,
  }));

export const oldPlan: PlannedFile[] = [
  ...manyFiles('old'),
  { path: 'clusters/home/kustomization.yaml', entries: ['../../apps/media/immich'] },
  { path: '.gitignore', lines: ['/cluster.private.yaml'] },
  { path: 'apps/media/immich/deployment.yaml', content: 'kind: Deployment\n' },
  { path: 'apps/media/immich/service.yaml', content: 'kind: Service\n' },
  { path: 'apps/media/old/one.yaml', content: 'one: 1\n' },
  { path: 'apps/media/old/deep/two.yaml', content: 'two: 2\n' },
  { path: 'docs', content: 'a file that becomes a directory\n' },
  { path: 'talos/patches/machine.yaml', content: 'a directory that becomes a file\n' },
];

export const newPlan: PlannedFile[] = [
  ...manyFiles('new'),
  { path: 'clusters/home/kustomization.yaml', entries: ['../../apps/media/proxy'] },
  { path: '.gitignore', lines: ['/docs/local/'] },
  { path: 'apps/media/immich/deployment.yaml', content: 'kind: Deployment\nspec: {}\n' },
  { path: 'apps/media/immich/service.yaml', content: 'kind: Service\n' },
  { path: 'apps/media/immich/policy.yaml', content: 'kind: NetworkPolicy\n' },
  { path: 'apps/media/proxy/deployment.yaml', content: 'kind: Deployment # proxy\n' },
  { path: 'apps/media/proxy/config/nginx.conf', content: 'events {}\n' },
  { path: 'docs/README.md', content: '# Docs\n' },
  { path: 'docs/quickstart.md', content: '# Quickstart\n' },
  { path: 'talos', content: 'no patches\n' },
];

/** A tree of the old plan, the same tree with the new plan, and helpers to test the states between. */
export interface TwoTrees {
  /** A directory for other files of a test. */
  scratch: string;
  oldDirectory: string;
  oldTree: Files;
  newTree: Files;
  /** Runs an action on a fresh copy of the old tree. */
  onOldTree(action: (directory: string) => Promise<void>): Promise<void>;
  /** Counts the calls of a kind that the write from the old to the new tree makes. */
  countCalls(counts: (call: Call) => boolean): Promise<number>;
  remove(): void;
}

export const isChange = ({ changes }: Call) => changes;
export const isAny = () => true;

export async function makeTwoTrees(): Promise<TwoTrees> {
  const scratch = mkdtempSync(join(tmpdir(), 'gatehouse-two-trees-'));
  const oldDirectory = join(scratch, 'old');
  putFiles(oldDirectory, userFiles);
  expectValue(await compareAndWrite(oldDirectory, oldPlan));
  const onOldTree: TwoTrees['onOldTree'] = (action) =>
    withTree({}, async (directory) => {
      cpSync(oldDirectory, directory, { recursive: true });
      await action(directory);
    });
  let newTree: Files = {};
  await onOldTree(async (directory) => {
    expectValue(await compareAndWrite(directory, newPlan));
    newTree = snapshot(directory);
  });
  return {
    scratch,
    oldDirectory: oldDirectory,
    oldTree: snapshot(oldDirectory),
    newTree,
    onOldTree,
    async countCalls(counts) {
      let calls = 0;
      const disk = intercepted((call) => {
        if (counts(call)) calls += 1;
      });
      await onOldTree(async (directory) => {
        expectValue(await compareAndWrite(directory, newPlan, { disk }));
      });
      return calls;
    },
    remove: () => rmSync(scratch, { recursive: true }),
  };
}
