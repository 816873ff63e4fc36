// Crosses the sources of the schemas and what is written from them.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { emitSchemas } from '../../tools/schemas/emitSchemas.ts';
import { emitTypes } from '../../tools/schemas/emitTypes.ts';
import { readSources } from '../../tools/schemas/sources.ts';

const from = fileURLToPath(new URL('../../../shared', import.meta.url));
const reason = existsSync(`${from}/crds`) ? '' : ' (skipped: the definitions are not on this machine)';

it.skipIf(reason !== '')(
  `the pinned definitions give the same files each time, within the size that the package allows${reason}`,
  async () => {
    const sources = await readSources(from);
    const schemas = emitSchemas(sources);
    expect(Object.values(schemas).join('').length).toBeLessThan(1.5e6);
    expect(emitSchemas(structuredClone(sources))).toEqual(schemas);
    expect(Object.keys(emitTypes(sources))).toContain('core.generated.ts');
  },
);
