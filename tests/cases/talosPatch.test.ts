// Crosses the compiler and Talos's schema of a machine configuration.
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { textOf } from '../../src/operations/configure/leaks.ts';
import { preparedHome } from '../home.ts';

const schema = new URL('../../../shared/schemas/talos-machine-config-v1.13.json.gz', import.meta.url);
const reason = existsSync(schema) ? '' : ' (skipped: the schema is not on this machine)';

it.skipIf(reason !== '')(
  `the patch for the nodes is a machine configuration of Talos 1.13${reason}`,
  async () => {
    const holds = new Ajv2020({ strict: false, formats: { uri: true } }).compile(
      JSON.parse(gunzipSync(readFileSync(schema)).toString()),
    );
    const { plan } = await preparedHome({ example: 'platform' });
    const file = plan.files.find(({ path }) => path === 'talos/patches/kubernetes-talos-api-access.yaml');
    if (file === undefined) throw new Error('the platform writes no patch');
    const patch = parse(textOf(file));
    expect(holds(patch), JSON.stringify(holds.errors)).toBe(true);
    patch.machine.features.kubernetesTalosAPIAccess.allowedNamespaces = ['kube-system'];
    expect(holds(patch)).toBe(false);
  },
);
