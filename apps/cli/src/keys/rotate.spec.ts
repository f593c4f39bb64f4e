import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { certificatesOf } from '#tokens/pem.js';
import { portus, portusJson } from '../../../../test/support/run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'portus-rotate-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

interface Step {
  key_id: string;
  step: string;
  files: string[];
  settings: Record<string, string | null>;
}

await portusJson(['keys', 'generate', at('old')]);
const rotate = (env: Record<string, string>) => portusJson<Step>(['keys', 'rotate', at('new')], env);
const kids = (file: string): string[] =>
  (JSON.parse(readFileSync(at(file), 'utf8')) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);

describe('portus keys rotate', () => {
  const before = { PORTUS_KEY_PATH: at('old.key'), PORTUS_CERT_PATH: at('old.crt') };

  it('publishes, signs and forgets: each time the settings tell which step is next, and nothing is overwritten', async () => {
    const first = await rotate(before);
    expect(first).toMatchObject({ step: 'publish', settings: { PORTUS_OTHER_KEY_PATHS: at('new.crt') } });
    expect(first.files).toEqual(['new.key', 'new.crt', 'new.both.jwks.json', 'new.both.pem'].map(at));
    for (const file of first.files) expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(certificatesOf(readFileSync(at('new.both.pem'), 'utf8'))).toHaveLength(2);
    expect(kids('new.both.jwks.json')[1]).toBe(first.key_id);
    const files = readdirSync(folder).map((name) => [name, readFileSync(at(name), 'utf8')]);

    expect(await rotate(before)).toMatchObject({ step: 'publish', files: [], settings: first.settings });
    const published = { ...before, PORTUS_OTHER_KEY_PATHS: first.settings['PORTUS_OTHER_KEY_PATHS']! };
    const second = await rotate(published);
    expect(second).toMatchObject({
      step: 'sign',
      files: [],
      settings: {
        PORTUS_KEY_PATH: at('new.key'),
        PORTUS_CERT_PATH: at('new.crt'),
        PORTUS_OTHER_KEY_PATHS: at('old.crt'),
      },
    });
    expect(readdirSync(folder).map((name) => [name, readFileSync(at(name), 'utf8')])).toEqual(files);

    const third = await rotate(second.settings as Record<string, string>);
    expect(third).toMatchObject({ step: 'forget', settings: { PORTUS_OTHER_KEY_PATHS: null } });
    expect(kids('new.only.jwks.json')).toEqual([first.key_id]);
    expect(certificatesOf(readFileSync(at('new.only.pem'), 'utf8'))).toHaveLength(1);
    expect(await rotate(second.settings as Record<string, string>)).toMatchObject({ step: 'forget', files: [] });
  });

  it('tells people what to do, with the time that old tokens live', async () => {
    const env = { ...before, PORTUS_KEY_PATH: at('new.key'), PORTUS_CERT_PATH: at('new.crt') };
    const { out } = await portus(['keys', 'rotate', at('new')], { ...env, PORTUS_REGISTRY_JWT_EXPIRATION_TIME: '15' });
    expect(out).toMatch(/^step: forget\nunset PORTUS_OTHER_KEY_PATHS\n1\. wait 16 minutes/);
  });

  it('leaves the certificate out where it was, and names the old key by its file', async () => {
    const bare = { PORTUS_KEY_PATH: at('old.key') };
    const first = await portusJson<Step>(['keys', 'rotate', at('bare')], bare);
    expect(first.files).toEqual(['bare.key', 'bare.crt', 'bare.both.jwks.json'].map(at));
    const published = { ...bare, PORTUS_OTHER_KEY_PATHS: at('bare.crt') };
    const second = await portusJson<Step>(['keys', 'rotate', at('bare')], published);
    expect(second.settings).toEqual({ PORTUS_KEY_PATH: at('bare.key'), PORTUS_OTHER_KEY_PATHS: at('old.key') });
  });

  it('needs both files of a key that is there', async () => {
    rmSync(at('bare.crt'));
    const { code, err } = await portus(['keys', 'rotate', at('bare')], before);
    expect([code, err]).toEqual([1, expect.stringMatching(/bare\.crt can not be read: ENOENT/)]);
  });
});
