import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const folder = import.meta.dirname;
const names = readdirSync(folder).filter((name) => name.endsWith('.service'));
const read = (name) => readFileSync(join(folder, name), 'utf8');
const analyze = spawnSync('systemd-analyze', ['--version']).status === 0;

describe('the units of systemd', () => {
  it('are one for the schema, one for the api, and one for each worker', () => {
    expect(names).toEqual(['portus-api.service', 'portus-migrate.service', 'portus-worker@.service']);
  });

  it.each(names)('%s has no right too many', (name) => {
    const unit = read(name);
    for (const line of [
      'NoNewPrivileges=yes',
      'ProtectSystem=strict',
      'ProtectHome=yes',
      'PrivateTmp=yes',
      'CapabilityBoundingSet=',
    ])
      expect(unit.split('\n')).toContain(line);
    expect(unit).toMatch(/^User=portus$/m);
  });

  it.each(names.filter((name) => !name.includes('migrate')))('%s comes back, unless its settings are wrong', (name) => {
    const unit = read(name);
    expect(unit).toMatch(/^Restart=always$/m);
    expect(unit).toMatch(/^RestartPreventExitStatus=78$/m);
    expect(unit).toMatch(/^Requires=portus-migrate\.service$/m);
  });

  it('read settings that there are', () => {
    const known = readFileSync(join(folder, '../../.env.example'), 'utf8');
    const settings = [...read('portus.env.example').matchAll(/^([A-Z]\w+)=/gm)].map(([, name]) => name);
    expect(settings.length).toBeGreaterThan(10);
    for (const name of settings) expect(known).toContain(`# ${name.replace(/_FILE$/, '')}=`);
  });

  it.skipIf(!analyze)(
    'are good in the eyes of systemd-analyze',
    () => {
      const work = mkdtempSync(join(tmpdir(), 'portus-units-'));
      try {
        // Whether the programs are there is a matter of the machine.
        for (const name of names)
          writeFileSync(join(work, name), read(name).replace('/usr/bin/node', process.execPath));
        const { status, stderr, stdout } = spawnSync(
          'systemd-analyze',
          ['verify', ...names.map((name) => join(work, name))],
          { encoding: 'utf8' },
        );
        const about = `${stdout}${stderr}`.split('\n').filter((line) => line.includes('portus'));
        expect(about).toEqual([]);
        expect(status, stderr).toBe(0);
      } finally {
        rmSync(work, { recursive: true });
      }
    },
    60_000,
  );
});
