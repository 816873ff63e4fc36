import { describe, expect, it } from 'vitest';
import { ask, askForGit, type Prompts } from './ask.ts';

describe('the questions of init', () => {
  /** Answers by the start of the question, in order; what is refused is asked again. */
  function prompted(given: Record<string, readonly string[]>, ready: 'now' | 'later' | symbol) {
    const asked: string[] = [];
    const refused: string[] = [];
    const prompts: Prompts = {
      async text({ message, validate }) {
        asked.push(message);
        for (const answer of given[Object.keys(given).find((start) => message.includes(start)) ?? ''] ?? [
          '',
        ]) {
          const sentence = validate(answer);
          if (sentence === undefined) return answer;
          refused.push(sentence);
        }
        return Symbol('cancel');
      },
      async select({ message }) {
        asked.push(message);
        return ready;
      },
      confirm: async () => true,
      note: (message) => {
        asked.push(message);
      },
    };
    return { prompts, asked, refused };
  }

  it('asks again where an answer is not valid, and says what is expected', async () => {
    const { prompts, refused } = prompted(
      { 'Which node': ['My Node!', 'pi5'], 'home network': ['pi5', '10.42.0.0/16', '192.168.7.0/24'] },
      'later',
    );
    const answered = await ask({ lan: undefined, host: undefined } as object, 'home', prompts);
    expect(answered).toEqual({ node: 'pi5', lan: '192.168.7.0/24' });
    expect(refused).toEqual([
      expect.stringMatching(/^"My Node!": .*lower-case letters/),
      expect.stringContaining('an address range in CIDR notation'),
      expect.stringContaining('clients only'),
    ]);
  });

  it('shows what to make in Cloudflare before it asks for it', async () => {
    const { prompts, asked } = prompted({ 'host name': ['photos.example.net'] }, 'now');
    await ask({ name: 'cottage' }, 'home', prompts);
    const page = asked.findIndex((text) => text.includes('https://one.dash.cloudflare.com'));
    expect(asked[page]).toContain('self-hosted application for photos.example.net');
    expect(asked[page]).toContain('cloudflared tunnel create cottage');
    expect(asked.slice(page + 2)).toEqual([
      expect.stringContaining('team'),
      expect.stringContaining('audience'),
      expect.stringContaining('tunnel'),
    ]);
  });

  it('leaves these empty for "not yet", and asks all else before', async () => {
    const { prompts, asked } = prompted({ 'e-mail': ['a@example.org'] }, 'later');
    expect(await ask({}, 'home', prompts)).toEqual({ owner: 'a@example.org' });
    expect(asked.at(-1)).toContain('Do you have these values?');
  });

  it('asks nothing of Cloudflare where flags gave it', async () => {
    const { prompts, asked } = prompted({}, 'later');
    await ask(
      { team: 'a-team', audience: 'ab'.repeat(32), tunnel: '6ff42ae2-765d-4adf-8112-31c55c1551ef' },
      'home',
      prompts,
    );
    expect(asked.join()).not.toContain('Cloudflare,');
  });

  it.each([
    ['repository', undefined, /^\/x is in no Git repository\. Make it one\?$/],
    [
      'repository',
      'ssh://git@git.test/a',
      /Make it one, with ssh:\/\/git@git\.test\/a as its remote "origin"\?$/,
    ],
    [
      'remote',
      'ssh://git@git.test/a',
      /without a remote\. Add ssh:\/\/git@git\.test\/a as its remote "origin"\?$/,
    ],
  ] as const)('offers what Git lacks there: the %s, for %s', async (lacks, url, question) => {
    const said: string[] = [];
    const { prompts } = prompted({}, 'later');
    const asking: Prompts = {
      ...prompts,
      async confirm({ message }) {
        said.push(message);
        return true;
      },
    };
    expect(await askForGit('/x', url, lacks, asking)).toBe(true);
    expect(said).toEqual([expect.stringMatching(question)]);
  });

  it.each(['now', Symbol('cancel')] as const)('ends where the user cancels', async (ready) => {
    const { prompts } = prompted(typeof ready === 'symbol' ? {} : { tunnel: [] }, ready);
    expect(await ask({}, 'home', prompts)).toBeUndefined();
    const cancelling = { ...prompts, confirm: async () => Symbol('cancel') };
    expect(await askForGit('/x', undefined, 'repository', cancelling)).toBeUndefined();
  });
});
