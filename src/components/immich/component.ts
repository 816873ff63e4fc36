import { defineComponent, type Manifest } from '../contract/component.ts';
import { administratorSetup } from './administrator.ts';
import { immichChecks } from './checks.ts';
import { immichDocuments } from './documents.ts';
import { libraryVolumeClaim } from './library.ts';
import { machineLearningDeployment, machineLearningService } from './machineLearning.ts';
import { directory } from './names.ts';
import { oidcComponent } from './oidc.ts';
import { postgresClaim, postgresDeployment, postgresService } from './postgres.ts';
import { redisDeployment, redisService } from './redis.ts';
import { releaseNotes } from './releaseNotes.ts';
import { immichRequirements } from './requirements.ts';
import { immichRules } from './rules.ts';
import { immichSecrets } from './secrets.ts';
import { type ImmichSection, immichSection } from './section.ts';
import { guardScript, microservicesDeployment, serverDeployment } from './server.ts';
import { serverService } from './service.ts';
import { immichStatus } from './status.ts';

/** Photos and videos on the NAS, directly at home and through the origin proxy from outside. */
export const immich = defineComponent<ImmichSection>({
  name: 'immich',
  section: 'immich',
  summary: 'Photos and videos, backed up from phones to the NAS.',
  listing: { title: 'Immich (Photos)', area: 'app', guide: 'docs/quickstart.md' },
  schema: immichSection,
  requires: immichRequirements,
  rules: immichRules,
  secrets: immichSecrets,
  status: immichStatus,
  checks: immichChecks,
  // Valkey's is Debian's, and the smallest one with bash that Immich runs.
  probeImages: ({ section }) => [{ image: section.images.redis, connects: 'bash' }],
  documents: immichDocuments,
  releaseNotes,
  build(context) {
    const { machineLearning } = context.section;
    const manifest = (file: string, objects: Manifest['objects'], field = 'immich'): Manifest => ({
      directory: directory,
      file,
      objects,
      field,
    });
    return {
      manifests: [
        manifest('library.yaml', libraryVolumeClaim(context), 'immich.library'),
        manifest('nas-guard.yaml', [guardScript(context)], 'immich.library'),
        manifest('deployment.yaml', [serverDeployment(context)]),
        manifest('deployment-microservices.yaml', microservicesDeployment(context)),
        manifest(
          'deployment-postgres.yaml',
          [...postgresClaim(context), postgresDeployment(context), postgresService(context)],
          'immich.database',
        ),
        manifest('deployment-redis.yaml', [redisDeployment(context), redisService(context)]),
        manifest(
          'deployment-machine-learning.yaml',
          machineLearning.enabled
            ? [machineLearningDeployment(context), machineLearningService(context)]
            : [],
          'immich.machineLearning',
        ),
        manifest('service.yaml', [serverService(context)], 'immich.nodePort'),
        manifest('first-administrator.yaml', administratorSetup(context), 'immich.administrator'),
      ],
      kustomizeComponents: [oidcComponent(context)],
    };
  },
});
