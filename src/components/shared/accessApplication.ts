import { type Private, reference } from '../../config/private.ts';
import type { Step } from '../contract/documents.ts';
import type { AccessLogin } from '../contract/login.ts';
import { cloudflarePhase } from './chapters.ts';

/** A host in front of which Cloudflare Access asks. */
export interface AccessApplication {
  host: Private;
  login: AccessLogin;
  /** What verifies the token behind Access, at the start of a sentence. */
  verifier: string;
}

/** How the application of Access is made that covers a host. */
export function accessApplicationStep(
  { host: name, login, verifier }: AccessApplication,
  team: string,
): Step {
  const host = reference(name);
  return {
    phase: cloudflarePhase,
    title: `The Access application for \`${host}\``,
    minutes: 6,
    body: `In the Zero Trust dashboard, under Access → Applications, add a self-hosted application, before any name leads to the cluster:

- [ ] Public hostname: \`${host}\`, **no path**: with a path, all others would be open.
- [ ] One policy with the action **Allow**, and in it one Include rule: **Emails** with the owner's one address, or **one named
      group**. ${people(login, verifier)}
- [ ] No rule with Everyone, with a whole e-mail domain, with a country or with an address range as its only condition.
- [ ] No policy with the action **Bypass**, and no second application for a part of this host name.
- [ ] What no policy allows is denied: that is Access's default, and nothing above changes it.
- [ ] The sign-in method asks for a second factor (your identity provider's, or Access's own requirement).
- [ ] Session duration: 24 hours, or what you can live with.
${programs(login)}
The application's overview shows its **Application Audience (AUD) Tag**. It must be the one in the private values
(\`${login.field}.audience\`): \`${reference(login.audience)}\`. The team name, before \`.cloudflareaccess.com\`, must be \`${team}\`.`,
    check: `Access → Applications lists \`${host}\` with one policy, and the policy tester says that an address that is not listed is denied.`,
  };
}

function people({ emails, serviceTokens }: AccessLogin, verifier: string): string {
  if (emails.length > 0)
    return `${verifier} lets through only ${emails.map((email) => `\`${reference(email)}\``).join(', ')}, whatever the policy says.`;
  return serviceTokens.length > 0
    ? `${verifier} lets through no person, whatever the policy says: only the service tokens are listed.`
    : `${verifier} lets through everybody whom Access lets through, so this policy is the only list.`;
}

/** A program passes Access by a policy of its own: that for persons would ask it to sign in. */
function programs({ serviceTokens }: AccessLogin): string {
  if (serviceTokens.length === 0) return '';
  return `- [ ] For programs a second policy with the action **Service Auth**, and in it the service tokens ${serviceTokens
    .map((token) => `\`${reference(token)}\``)
    .join(', ')}.
`;
}
