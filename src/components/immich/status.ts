import type { BuildContext } from '../contract/component.ts';
import type { StatusEntry } from '../contract/status.ts';
import type { ImmichSection } from './section.ts';

/** What a user still has to do for Immich. */
export function immichStatus({ section }: BuildContext<ImmichSection>): StatusEntry[] {
  return [
    ...(section.administrator.done ? [] : [firstAdministrator]),
    ...(section.access.emails.length > 0 ? [] : [allowedPeople]),
  ];
}

const firstAdministrator: StatusEntry = {
  id: 'immich-first-administrator',
  missing: 'the first administrator of Immich, so that the sign-up is closed for good',
  source:
    'docs/quickstart.md, "The first administrator": sign in once, then set immich.administrator.done to true',
  minutes: 5,
  priority: 'medium',
  field: 'immich.administrator.done',
};

const allowedPeople: StatusEntry = {
  id: 'immich-allowed-people',
  missing: 'the people who may pass at the origin: now everybody whom Cloudflare Access lets through',
  source: 'the e-mail addresses in the policy of the Access application',
  minutes: 2,
  priority: 'low',
  field: 'immich.access.emails',
};
