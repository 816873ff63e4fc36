import type { BucketReader } from '../../components/contract/bindings.ts';
import type { LiveQuestion } from '../../components/contract/checks.ts';
import type { SecretSource } from '../../components/contract/secrets.ts';
import { nameOf, type PrivateValues } from '../../config/private.ts';
import type { Answer, Asking } from '../check.ts';
import { LiveError } from '../cluster.ts';
import type { AskPage, Found, NotListed } from '../store/listing.ts';
import { type StoreKey, signedByHeader, signedByQuery } from '../store/signature.ts';
import { type StorePlace, storeRun } from '../store/storeRun.ts';
import { ago } from './ago.ts';

type NewestObject = Extract<LiveQuestion, { kind: 'newest-object' }>;

/** How far the newest object may be in the future of the store that keeps it, in milliseconds. */
const future = 5 * 60_000;

/** How long a store in the cluster may be asked again, in milliseconds, where the API server cannot reach it. */
const patience = 3_000;

/** Whether the newest object below a prefix is young enough. The store is asked, and not the program that should write. */
export async function askNewestObject(
  question: NewestObject,
  values: PrivateValues,
  asking: Asking,
): Promise<Answer> {
  const { store, bucket } = question;
  const key = keyOf(store, values);
  if ('why' in key) return notChecked(key.why, key.remedy);
  const page = pagesOf(question, key, values, asking);
  if ('why' in page) return notChecked(page.why, page.remedy);
  const judge = (found: Found): Answer => judged(found, question, found.date ?? asking.now());
  const place = placeInStore(question);
  const { newest } = asking.stores ?? storeRun([place]);
  const found = await newest(place, page, (seen) => judge(seen).verdict === 'kept').catch(
    (error: unknown) => {
      if (error instanceof LiveError) return throughTheApiServer(error, store);
      throw error;
    },
  );
  if ('verdict' in found) return found;
  return 'message' in found ? refusal(found, question, asking.now()) : judge(found);

  function notChecked(why: string, remedy: string): Answer {
    return { verdict: 'not checked', evidence: [`The bucket ${bucket} of ${store.name}: ${why}`], remedy };
  }
}

/** Where a question looks. */
export function placeInStore({ store, bucket, prefix }: NewestObject): StorePlace {
  return { store: store.name, bucket, prefix };
}

type Missing = { why: string; remedy: string };

function keyOf(
  { name, service, accessKey, secretKey }: BucketReader,
  values: PrivateValues,
): StoreKey | Missing {
  const [access, secret] = [clearText(accessKey, values), clearText(secretKey, values)];
  if (access !== undefined && secret !== undefined) return { accessKey: access, secretKey: secret };
  const fields = [accessKey, secretKey].flatMap((source) => ('field' in source ? source.field : []));
  const isGiven = [accessKey, secretKey].every((source) => 'text' in source || valueIn(source) !== undefined);
  return isGiven
    ? { why: 'its key for reading cannot be decrypted here', remedy: 'Run it where the age key is' }
    : {
        why: `there is no key for reading ${name} (${fields.join(', ')})`,
        remedy: `${fields.map((field) => `gatehouse secrets set ${field}`).join(', and ')}${service === undefined ? '' : '; then gatehouse configure, and push'}`,
      };
}

function valueIn(source: SecretSource) {
  return 'value' in source ? source.value : undefined;
}

function clearText(source: SecretSource, values: PrivateValues): string | undefined {
  if (source.from === 'text') return source.text;
  const value = valueIn(source);
  return value === undefined ? undefined : values.get(nameOf(value));
}

/** Asks for pages: a store in the cluster through the API server, another one itself. */
function pagesOf(
  { store: { name, service, endpoint, region }, bucket }: NewestObject,
  key: StoreKey,
  values: PrivateValues,
  { cluster, sendToStore, now }: Asking,
): AskPage | Missing {
  const path = `/${bucket}`;
  if (service !== undefined) {
    if (cluster === undefined) return { why: 'there is no cluster to ask', remedy: 'Name a context' };
    const { host } = new URL(cluster.server);
    return async (query) => {
      const signed = signedByQuery({ host, path, query, key, region, at: now() });
      return cluster.service(service, `${path}?${signed}`, { patience });
    };
  }
  const url = endpoint === undefined ? undefined : values.get(nameOf(endpoint));
  if (url === undefined || sendToStore === undefined)
    return { why: `where ${name} is is not known here`, remedy: 'Run it where the private values are' };
  return async (query) => {
    const { host, origin } = new URL(url);
    const signed = signedByHeader({ host, path, query, key, region, at: now() });
    return sendToStore(new URL(`${origin}${path}?${signed.query}`), signed.headers);
  };
}

/** The API server did not pass it on. */
function throughTheApiServer(error: LiveError, { name, service }: BucketReader): Answer {
  const where = `the Service ${service?.namespace}/${service?.name}`;
  const remedy = {
    forbidden: `Use a context whose user may get services/proxy in ${service?.namespace}`,
    overloaded: `See that ${where} has pods that are ready, and that the API server may connect to them`,
  };
  return {
    verdict: 'not checked',
    evidence: [`${name} was asked through the API server, as ${where}: ${error.message}`],
    ...(error.failure === 'forbidden' || error.failure === 'overloaded'
      ? { remedy: remedy[error.failure] }
      : {}),
  };
}

function refusal({ code, message, date }: NotListed, { store, bucket }: NewestObject, now: Date): Answer {
  const { name, accessKey, secretKey } = store;
  const fields = [accessKey, secretKey].flatMap((source) => ('field' in source ? source.field : []));
  if (code === 'NoSuchBucket') return { verdict: 'broken', evidence: [`${name} has no bucket ${bucket}`] };
  const said = (why: string, remedy?: string): Answer => ({
    verdict: 'not checked',
    evidence: [`The bucket ${bucket} of ${name}: ${why}`],
    ...(remedy === undefined ? {} : { remedy }),
  });
  switch (code) {
    case 'RequestTimeTooSkewed':
      return said(
        `${message}: this computer says ${now.toISOString()}${date === undefined ? '' : `, and the store ${date.toISOString()}`}`,
        'Set the clock of this computer',
      );
    case 'InvalidAccessKeyId':
    case 'SignatureDoesNotMatch':
      return said(
        `${message}: it does not know the key for reading, or not this secret of it (${fields.join(', ')})`,
        store.service === undefined
          ? `Give it the key of the store again: ${fields.map((field) => `gatehouse secrets set ${field}`).join(', and ')}`
          : 'See that the Job of the buckets ran after its key changed',
      );
    case 'AccessDenied':
      return said(
        `${message}: the key for reading may not list it`,
        store.service === undefined
          ? 'Let the key list the bucket (s3:ListBucket), and nothing else'
          : 'See that the Job of the buckets ran after the bucket was asked for',
      );
    case 'AuthorizationHeaderMalformed':
    case 'PermanentRedirect':
      return said(`${message}: it is in another region than ${store.region}`, 'Say its region');
    default:
      return said(message);
  }
}

function judged({ newest, count, complete }: Found, question: NewestObject, now: Date): Answer {
  const { store, bucket, prefix, within } = question;
  const where = `below ${prefix} in the bucket ${bucket} of ${store.name}`;
  if (newest === undefined)
    return complete
      ? { verdict: 'broken', evidence: [`There is no object ${where}`] }
      : { verdict: 'not checked', evidence: [`There are more than ${count} entries ${where}`] };
  const age = now.getTime() - newest.modified.getTime();
  const sentence = `The newest of ${count} objects ${where} is ${ago(newest.modified, now)}: ${newest.key}`;
  if (age < -future)
    return {
      verdict: 'not checked',
      evidence: [sentence, `It is of the future: the store says that it is ${now.toISOString()} now`],
      remedy: 'See that the clocks of the store and of what writes there are right',
    };
  if (age <= within * 1000) return { verdict: 'kept', evidence: [sentence] };
  if (!complete)
    return { verdict: 'not checked', evidence: [sentence, 'There are more, which were not looked at'] };
  return { verdict: 'broken', evidence: [sentence, `It may be ${hours(within)} old`] };
}

function hours(seconds: number): string {
  return `${Math.round(seconds / 3600)} hours`;
}
