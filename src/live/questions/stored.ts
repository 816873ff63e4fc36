import { randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { crc32, deflateSync } from 'node:zlib';
import type { StoredQuestion } from '../../components/contract/checks.ts';
import { textAt } from '../../kubernetes/fields.ts';
import type { Answer, Asking, Place, PlaceRequest } from '../check.ts';
import { parsed } from './json.ts';
import { type Named, notThere, patience, unanswered, unknownValues } from './place.ts';

/** How long a file may take to be seen on this computer, in milliseconds: a mount by NFS or SMB remembers what it saw. */
const appearance = 60_000;

/** Whether what is uploaded at home is found in the directory that is mounted on this computer. It is deleted again. */
export async function askStored(question: Named<StoredQuestion>, asking: Asking): Promise<Answer> {
  const { host, key } = question;
  if (host === undefined) return unknownValues;
  const place = asking.places?.home;
  if (place === undefined) return notThere('home');
  const secret = asking.given?.variable(key.variable);
  const library = asking.given?.library;
  if (secret === undefined || library === undefined)
    return {
      verdict: 'not checked',
      evidence: [
        `An upload needs a key of the app in the environment variable ${key.variable}, and the place where the library is mounted on this computer`,
      ],
      remedy: `export ${key.variable}=…, and gatehouse verify --from home --library DIRECTORY`,
    };
  return upload({ ...question, host }, { place, secret, library, now: asking.now });
}

interface With {
  place: Place;
  secret: string;
  library: string;
  now: () => Date;
}

async function upload(question: Named<StoredQuestion> & { host: string }, given: With): Promise<Answer> {
  const { host, port, path } = question;
  const picture = onePixel(`gatehouse verify ${randomBytes(16).toString('hex')}`);
  const url = `http://${host}:${port}${path}`;
  const send = (asked: Pick<PlaceRequest, 'path'> & Partial<PlaceRequest>) =>
    given.place.request({
      ...{ scheme: 'http', host, port, patience, read: 1_048_576, ...asked },
      headers: { ...asked.headers, [question.key.header]: given.secret, Accept: 'application/json' },
    });
  const made = await send({ ...form(question, picture, given.now()), path, method: 'POST' });
  if ('failure' in made) return unanswered(url, made.failure);
  const id = textAt(parsed(made.body), 'id');
  if (made.status === 401 || made.status === 403)
    return {
      verdict: 'not checked',
      evidence: [
        `${url} was answered with ${made.status}: the key of ${question.key.variable} is not accepted`,
      ],
    };
  if (made.status !== 201 || id === undefined || !/^[\w-]{1,64}$/.test(id))
    return { verdict: 'broken', evidence: [`An upload to ${url} was answered with ${made.status}`] };
  const answer = await lookedFor({ question, id, picture, send, library: given.library });
  const body = Buffer.from(JSON.stringify(question.remove).replaceAll('"ID"', JSON.stringify(id)));
  const headers = { 'Content-Type': 'application/json' };
  const removed = await send({ path, method: 'DELETE', headers, body });
  if ('status' in removed && removed.status < 300) return answer;
  const why = 'status' in removed ? `it was answered with ${removed.status}` : removed.failure;
  return { ...answer, evidence: [...answer.evidence, `The upload ${id} could not be deleted: ${why}`] };
}

interface Search {
  question: Named<StoredQuestion> & { host: string };
  id: string;
  picture: Buffer;
  send: (asked: Pick<PlaceRequest, 'path'>) => ReturnType<Place['request']>;
  library: string;
}

async function lookedFor({ question, id, picture, send, library }: Search): Promise<Answer> {
  const { path, location } = question;
  const deadline = performance.now() + appearance;
  let shown = 'the app does not say where the file is';
  do {
    const told = await send({ path: `${path}/${id}` });
    const full = 'body' in told ? textAt(parsed(told.body), location.field) : undefined;
    const below = full === undefined ? undefined : posix.relative(location.below, full);
    // What the app says decides what is read here: nothing outside of the library.
    if (below !== undefined && below !== '' && !below.split('/').includes('..') && !posix.isAbsolute(below)) {
      const found = await readFile(join(library, below)).catch(() => undefined);
      if (found?.equals(picture))
        return { verdict: 'kept', evidence: [`The upload lies in the library as ${below}, byte for byte`] };
      const [top = '', ...inside] = below.split('/');
      // The app makes these directories when it starts, and not for an upload: no waiting brings one here.
      if (found === undefined && inside.length > 0 && !(await isThere(join(library, top))))
        return {
          verdict: 'broken',
          evidence: [`The app took the upload as ${below}, and ${top}/ is not in the library here`],
        };
      shown = found === undefined ? `${below} is not in the library here` : `${below} holds something else`;
    }
    await wait(1_000);
  } while (performance.now() < deadline);
  return { verdict: 'broken', evidence: [`The app took the upload, and ${shown}`] };
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function form(
  { file, fields }: Pick<StoredQuestion, 'file' | 'fields'>,
  content: Buffer,
  now: Date,
): Pick<PlaceRequest, 'headers' | 'body'> {
  const boundary = `gatehouse-${randomBytes(16).toString('hex')}`;
  const parts = Object.entries(fields).map(([name, value]) => {
    const text = value === 'now' ? now.toISOString() : value;
    return `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`;
  });
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="${file}"; filename="gatehouse-verify.png"\r\nContent-Type: image/png\r\n\r\n`;
  return {
    headers: { 'Content-Type': `multipart/form-data; boundary=${boundary}` },
    body: Buffer.concat([
      Buffer.from(parts.join('') + head),
      content,
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]),
  };
}

/** A picture of one pixel with a text in it, which no other picture has (PNG, third edition). */
export function onePixel(text: string): Buffer {
  const part = (type: string, data: Buffer): Buffer => {
    const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(named));
    return Buffer.concat([length, named, sum]);
  };
  // One by one, eight bits of grey.
  const header = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    part('IHDR', header),
    part('tEXt', Buffer.from(`Comment\0${text}`, 'latin1')),
    part('IDAT', deflateSync(Buffer.from([0, 0]))),
    part('IEND', Buffer.alloc(0)),
  ]);
}
