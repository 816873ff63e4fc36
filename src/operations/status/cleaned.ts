import { defined } from '../../kubernetes/defined.ts';
import type { CheckResult } from '../../live/check.ts';
import type { ComponentStatus } from './components.ts';
import type { StatusItem } from './item.ts';
import type { Status } from './status.ts';

type Clean = (text: string) => string;

/**
 * A status whose texts hold no private value and nothing that a terminal acts on. Names and states stay: they are
 * Gatehouse's own, and a private value may be the same word.
 *
 * @param clean redacts a text and makes it one printable line
 */
export function cleaned(status: Status, clean: Clean): Status {
  return {
    ...status,
    left: status.left.map((item) => cleanItem(item, clean)),
    broken: status.broken.map((each) => ({ ...each, ...cleanResult(each, clean) })),
    components: status.components.map((each) => cleanComponent(each, clean)),
    notChecked: status.notChecked.map(({ what, command }) =>
      defined({ what: clean(what), command: command === undefined ? undefined : clean(command) }),
    ),
  };
}

function cleanItem(item: StatusItem, clean: Clean): StatusItem {
  return defined({
    ...item,
    missing: clean(item.missing),
    source: clean(item.source),
    field: clean(item.field),
    command: item.command === undefined ? undefined : clean(item.command),
  });
}

function cleanComponent(component: ComponentStatus, clean: Clean): ComponentStatus {
  const { because, command, fields, promises } = component;
  return defined({
    ...component,
    because: because === undefined ? undefined : clean(because),
    command: command === undefined ? undefined : clean(command),
    fields: fields?.map(clean),
    promises: promises?.map((each) => cleanResult(each, clean)),
  });
}

/** A record on the disk may hold anything in any of these. */
function cleanResult(result: CheckResult, clean: Clean): CheckResult {
  const optional = (text: string | undefined) => (text === undefined ? undefined : clean(text));
  return defined({
    ...result,
    id: clean(result.id),
    promise: clean(result.promise),
    component: optional(result.component),
    field: optional(result.field),
    remedy: clean(result.remedy),
    replaces: optional(result.replaces),
    evidence: result.evidence.map(clean),
  });
}
