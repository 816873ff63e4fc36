import { reference } from '../../../config/private.ts';
import type { Context } from '../../contract/component.ts';
import { type Note, phases, type Step } from '../../contract/documents.ts';
import { secretNames } from '../names.ts';
import { oidcComponent } from '../oidc.ts';
import type { ImmichSection } from '../section.ts';

/** Sign-in with OpenID Connect: a step if it is enabled, otherwise a note about how to enable it. */
export function signInChapters(context: Context<ImmichSection>): { steps: Step[]; notes: Note[] } {
  return context.section.oidc.enabled
    ? { steps: [clientStep(context.section)], notes: [] }
    : { steps: [], notes: [enabling(context)] };
}

function clientStep(section: ImmichSection): Step {
  return {
    phase: phases.secrets,
    title: 'The client at the identity provider, and Immich’s configuration',
    minutes: 6,
    body: client(section),
    check: '`python3 -m json.tool immich.json` prints it again, with your client id in it.',
    again: true,
  };
}

function enabling(context: Context<ImmichSection>): Note {
  const { section } = context;
  const component = oidcComponent(context);
  return {
    title: 'Signing in with Google or another provider',
    body: `It is off. To turn it on, register the client and write the file:

${client(section)}

\`\`\`sh
kubectl -n ${section.namespace} create secret generic ${secretNames.config} --from-file=immich.json=./immich.json
\`\`\`

Then set \`immich.oidc.enabled: true\` in \`cluster.yaml\`, run \`gatehouse configure\`, commit and push. It enables the kustomize component
in \`${component.directory}/overlays/${component.name}\`, which mounts the Secret, and opens the way from the server to the provider.`,
  };
}

function client({ host }: ImmichSection): string {
  const origin = `https://${reference(host)}`;
  return `Register a client of the kind "web application" at the identity provider (Google: console.cloud.google.com → APIs & Services →
Credentials → OAuth client ID), with these redirect URIs, letter by letter:

- \`${origin}/auth/login\`
- \`${origin}/user-settings\`
- \`${origin}/api/oauth/mobile-redirect\`
- \`app.immich:///oauth-callback\`, where the provider allows it. Google does not: hence the override in the file.

Immich reads OAuth from its configuration file only, and with a file its settings page is closed, so whatever else you want to
set belongs into the same file. Settings that are not in it keep their defaults. Put in your client id and secret:

\`\`\`sh
cat > immich.json <<'END'
{
  "oauth": {
    "enabled": true,
    "issuerUrl": "https://accounts.google.com",
    "clientId": "CLIENT_ID",
    "clientSecret": "CLIENT_SECRET",
    "scope": "openid email profile",
    "signingAlgorithm": "RS256",
    "buttonText": "Sign in with Google",
    "autoRegister": false,
    "autoLaunch": false,
    "mobileOverrideEnabled": true,
    "mobileRedirectUri": "${origin}/api/oauth/mobile-redirect"
  },
  "passwordLogin": { "enabled": true },
  "server": { "externalDomain": "${origin}" }
}
END
\`\`\`

\`autoRegister\` stays \`false\`: Immich has no list of who may come, and with it everybody with an account at the provider would get one
here. Make the accounts of your family by hand, with the address that the provider sends. \`passwordLogin\` stays \`true\`:
providers refuse a way back over http, so at home one signs in with a password.`;
}
