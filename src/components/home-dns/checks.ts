import { reference } from '../../config/private.ts';
import type { LiveCheck } from '../contract/checks.ts';
import type { BuildContext } from '../contract/component.ts';
import { requesterTitle } from '../shared/requesters.ts';
import type { HomeDnsSection } from './section.ts';

/** Each name as the home network sees it. */
export function homeDnsChecks({ provided }: BuildContext<HomeDnsSection>): LiveCheck[] {
  return provided('name').flatMap(({ host, target, requester }, index): LiveCheck[] =>
    'tunnel' in target
      ? []
      : [
          {
            id: `home-name-${index + 1}`,
            promise: `At home the name of ${requesterTitle(requester)} leads to its Gateway, and nowhere else`,
            question: {
              kind: 'addresses',
              host,
              from: 'home',
              to: { ranges: [reference(target.address)], name: 'the Gateway of the home network' },
            },
            remedy:
              'Write the name into the resolver of the home network, as docs/quickstart.md lists it; a device that asks another resolver gets another answer',
            field: requester.field,
          },
        ],
  );
}
