import { defineComponent } from '../contract/component.ts';
import { homeDnsChecks } from './checks.ts';
import { homeDnsDocuments } from './documents.ts';
import { homeDnsRules } from './rules.ts';
import { type HomeDnsSection, homeDnsSection } from './section.ts';

/** The names that the home network is to see: those of routes from home. It makes no object, and so none that is public. */
export const homeDns = defineComponent<HomeDnsSection>({
  name: 'home-dns',
  section: 'homeDns',
  summary: 'Names at home, of routes from the home network and the VPN.',
  listing: { title: 'Names at Home', area: 'access', guide: 'docs/quickstart.md' },
  schema: homeDnsSection,
  provides: { name: { accepts: ({ from }) => from === 'home' } },
  rules: homeDnsRules,
  build: () => ({ manifests: [] }),
  checks: homeDnsChecks,
  documents: homeDnsDocuments,
});
