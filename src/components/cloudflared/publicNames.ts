import type { BuildContext } from '../contract/component.ts';
import type { NameRequirement, Requirement } from '../contract/requirements.ts';
import type { CloudflaredSection } from './section.ts';

/** The public name of a host that the tunnel forwards. Only the tunnel knows its id. */
export function nameOf(
  { requester, host }: Requirement<'tunnel'>,
  { tunnel }: CloudflaredSection,
): NameRequirement {
  return { kind: 'name', requester, host, from: 'internet', target: { tunnel } };
}

/** The hosts whose records a user makes by hand, since nothing writes them. */
export function writtenByHand({
  section,
  provided,
  isProvided,
}: BuildContext<CloudflaredSection>): Requirement<'tunnel'>[] {
  return provided('tunnel').filter((tunnel) => !isProvided(nameOf(tunnel, section)));
}
