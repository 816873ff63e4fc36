import type { LiveCheck } from '../../components/contract/checks.ts';
import type { PrivateValues } from '../../config/private.ts';
import { defined } from '../../kubernetes/defined.ts';
import type { Answer, Asking, Check, PlaceName } from '../check.ts';
import { askAddresses } from './addresses.ts';
import { askCertificate } from './certificate.ts';
import { askConnections } from './connections.ts';
import { askGate } from './gate.ts';
import { askGuard } from './guard.ts';
import { askJson } from './json.ts';
import { askNewestObject } from './newestObject.ts';
import { askCondition, askExpression, askValue } from './objects.ts';
import { named } from './place.ts';
import { askRecent } from './recent.ts';
import { askServed } from './served.ts';
import { askStored } from './stored.ts';
import { askTalosApi, askTalosPair } from './talos.ts';
import { askUpload } from './upload.ts';
import { askUrl } from './url.ts';

/** The place from which a question is asked; undefined where it is asked of the cluster. */
export function placeOf(question: LiveCheck['question']): PlaceName | undefined {
  switch (question.kind) {
    case 'gate':
    case 'upload':
      return 'internet';
    case 'json':
    case 'stored':
      return 'home';
    default:
      return 'from' in question ? question.from : undefined;
  }
}

/**
 * A check that a component declares, as something that can be asked.
 *
 * @param values - every private value, and the secrets with which stores are asked
 */
export function declaredCheck(
  { question, ...name }: LiveCheck & { component: string },
  values: PrivateValues,
): Check {
  return defined({ ...name, ask: (asking: Asking) => answerTo(question, values, asking) });
}

async function answerTo(
  question: LiveCheck['question'],
  values: PrivateValues,
  asking: Asking,
): Promise<Answer> {
  const { cluster } = asking;
  switch (question.kind) {
    case 'condition':
      return cluster === undefined ? noCluster : askCondition(question, cluster);
    case 'expression':
      return cluster === undefined ? noCluster : askExpression(question, cluster);
    case 'guard':
      return cluster === undefined ? noCluster : askGuard(question, cluster);
    case 'connections':
      return cluster === undefined ? noCluster : askConnections(question, cluster);
    case 'value':
      return cluster === undefined ? noCluster : askValue(question, cluster);
    case 'served':
      return cluster === undefined ? noCluster : askServed(question, cluster);
    case 'recent':
      return cluster === undefined ? noCluster : askRecent(question, cluster, asking.now());
    case 'newest-object':
      return askNewestObject(question, values, asking);
    case 'talos-api':
      return askTalosApi(question, asking);
    case 'talos-pair':
      return cluster === undefined ? noCluster : askTalosPair(question, cluster);
    case 'url':
      return askUrl(named(question, values), asking, values);
    case 'gate':
      return askGate(named(question, values), asking);
    case 'upload':
      return askUpload(named(question, values), asking);
    case 'certificate':
      return askCertificate(named(question, values), asking);
    case 'addresses':
      return askAddresses(named(question, values), asking, values);
    case 'json':
      return askJson(named(question, values), asking);
    case 'stored':
      return askStored(named(question, values), asking);
  }
}

const noCluster: Answer = { verdict: 'not checked', evidence: ['There is no cluster to ask'] };
