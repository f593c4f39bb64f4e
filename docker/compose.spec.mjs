import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const folder = import.meta.dirname;
const read = (name) => readFileSync(join(folder, name), 'utf8');
const root = JSON.parse(read('../package.json'));
const files = readdirSync(folder).filter((name) => /^compose.*\.yaml$/.test(name));
const documents = Object.fromEntries(files.map((name) => [name, parse(read(name), { merge: true })]));
const services = files.flatMap((file) =>
  Object.entries(documents[file].services).map(([name, service]) => ({ file, name, service })),
);
const whole = services.filter(({ service }) => service.image !== undefined && service.read_only !== undefined);
const example = Object.fromEntries(
  [...read('.env.example').matchAll(/^(?:# )?([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(([, name, value]) => [name, value]),
);
const PINNED = /^[\w./-]+:v?\d+\.\d+(\.\d+)?[\w.-]*$/;

describe('compose files', () => {
  it('are there: one, and an overlay for each variant', () => {
    expect(files).toEqual(['compose.clair.yaml', 'compose.registry-2.8.yaml', 'compose.trivy.yaml', 'compose.yaml']);
  });

  it.each(files)('%s says no version, which one client wants and the other warns of', (file) => {
    expect(documents[file]).not.toHaveProperty('version');
  });

  it('pin every image, and have another one only by a variable', () => {
    const images = services.flatMap(({ service }) => service.image ?? []);
    expect(images.length).toBeGreaterThan(10);
    for (const image of images) expect(/^\$\{STACK_\w+_IMAGE:-(.+)\}$/.exec(image)?.[1]).toMatch(PINNED);
  });

  it.each(whole.map(({ file, name, service }) => [file, name, service]))(
    '%s: %s has no right too many',
    (_file, name, service) => {
      expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
      expect(service.logging.options).toEqual({ 'max-size': '10m', 'max-file': '5' });
      expect(service).not.toHaveProperty('privileged');
      // One is root, for one thing: to hand over the volumes.
      expect([service.user, service.cap_add]).toEqual(
        name === 'volumes'
          ? ['0:0', ['CHOWN']]
          : [expect.stringMatching(/^\$\{STACK_UID.*\}:\$\{STACK_GID.*\}$/), undefined],
      );
    },
  );

  it('ask everything that goes on whether it is well, and start it again', () => {
    const lasting = whole.filter(({ service }) => service.restart !== 'no');
    expect(lasting.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['nginx', 'api', 'worker', 'registry', 'postgres', 'redis', 'trivy']),
    );
    for (const { name, service } of lasting) {
      expect(service.restart, name).toBe('unless-stopped');
      if (name !== 'clair') expect(service.healthcheck?.test, name).toBeDefined();
    }
  });

  it('give Portus and the registry the time that they take to stop', () => {
    const { api, worker, registry } = documents['compose.yaml'].services;
    const stop = /STOP_TIMEOUT_MS = (\d+)_000/.exec(read('../libs/platform/src/lifecycle/run-program.ts'))[1];
    for (const { stop_grace_period } of [api, worker])
      expect(Number.parseInt(stop_grace_period)).toBeGreaterThan(Number(stop));
    const drain = /draintimeout: (\d+)s/.exec(read('../libs/administration/src/registry-config.ts'))[1];
    expect(Number.parseInt(registry.stop_grace_period)).toBeGreaterThan(Number(drain));
  });

  it('migrate before anything of Portus starts, and open nothing but the proxy', () => {
    const { services: all, networks } = documents['compose.yaml'];
    for (const name of ['api', 'worker'])
      expect(all[name].depends_on.migrate).toEqual({ condition: 'service_completed_successfully' });
    expect(Object.keys(all).filter((name) => all[name].ports)).toEqual(['nginx']);
    expect(networks.data.internal).toBe(true);
    for (const name of ['postgres', 'redis', 'migrate']) expect(all[name].networks).toEqual(['data']);
  });

  it('take every secret from a file that secrets.sh makes', () => {
    const script = read('secrets.sh');
    const made = new Set([...script.matchAll(/^give (\S+) |\$secrets\/(tls[\w.-]*)/gm)].map(([, a, b]) => a ?? b));
    for (const file of files)
      for (const { file: path } of Object.values(documents[file].secrets ?? {})) {
        expect(path).toMatch(/^\$\{STACK_SECRETS:-\.\/secrets\}\//);
        expect(made).toContain(path.replace(/^.*\//, ''));
      }
    const used = new Set(services.flatMap(({ service }) => service.secrets ?? []));
    const defined = files.flatMap((file) => Object.keys(documents[file].secrets ?? {}));
    expect([...used].sort()).toEqual(defined.sort());
  });

  it('hold no secret', () => {
    for (const file of [...files, '.env.example', 'clair/config.yaml', 'nginx/nginx.conf']) {
      const text = read(file);
      expect(text, file).not.toMatch(/-----BEGIN|[0-9a-f]{32}/);
      for (const [, name, value] of text.matchAll(/\b(\w*(?:PASSWORD|SECRET|TOKEN|_KEY)\w*): (\S+)/gi))
        if (/^[A-Z]/.test(name) && name !== 'PORTUS_OTHER_KEY_PATHS') expect(value, name).toMatch(/^\/run\/secrets\//);
    }
  });

  it('use no variable that .env.example does not tell of, with the default that it has', () => {
    const variables = files.flatMap((file) => [...read(file).matchAll(/(?<!\$)\$\{(\w+)(?::-([^}]*))?/g)]);
    for (const [, name, fallback] of variables) {
      if (name === 'PORTUS_OTHER_KEY_PATHS') continue;
      expect(Object.keys(example)).toContain(name);
      if (fallback !== undefined && name !== 'STACK_REGISTRY_IMAGE') expect(example[name], name).toBe(fallback);
    }
    const used = new Set(variables.map(([, name]) => name));
    expect(Object.keys(example).filter((name) => name.startsWith('STACK_') && !used.has(name))).toEqual([]);
  });

  it('tell of settings that there are', () => {
    const known = read('../.env.example');
    for (const name of Object.keys(example).filter((each) => each.startsWith('PORTUS_')))
      expect(known).toContain(`# ${name}=`);
    const environment = documents['compose.yaml']['x-portus-environment'];
    for (const name of Object.keys(environment).filter((each) => each !== 'NODE_EXTRA_CA_CERTS'))
      expect(known).toContain(`# ${name.replace(/_FILE$/, '')}=`);
  });
});

describe('the Dockerfile', () => {
  const text = read('Dockerfile');
  const stages = [...text.matchAll(/^FROM (\S+) AS (\S+)$/gm)].map(([, from, name]) => ({ from, name }));

  it('pins its bases, which a build may replace', () => {
    const bases = Object.fromEntries(
      [...text.matchAll(/^ARG (\w+_IMAGE)=(\S+)$/gm)].map(([, name, image]) => [name, image]),
    );
    for (const image of Object.values(bases)) expect(image).toMatch(PINNED);
    const names = new Set(stages.map(({ name }) => name));
    for (const { from } of stages)
      expect(names.has(from) || Object.keys(bases).some((name) => from === `\${${name}}`), from).toBe(true);
  });

  it('has a target for each program, and ends with the image for all', () => {
    expect(stages.map(({ name }) => name)).toEqual([
      'packages',
      'build',
      'production',
      'runtime',
      'tools',
      'worker',
      'api',
      'portus',
    ]);
  });

  it('is of the version of the tree, and so are the images that compose runs', () => {
    expect(text).toContain(`ARG VERSION=${root.version}\n`);
    for (const name of ['API', 'WORKER', 'TOOLS'])
      expect(example[`STACK_${name}_IMAGE`]).toBe(`portus/${name.toLowerCase()}:${root.version}`);
  });

  it('needs no BuildKit', () => {
    expect(text).not.toMatch(/--mount|<<\s*EOF|^# syntax/m);
  });

  it('is sent nothing but what it copies', () => {
    const allowed = read('../.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    expect(allowed.every((path) => existsSync(join(folder, '..', path)))).toBe(true);
    expect(allowed).not.toContain('docker');
  });

  it.each(readdirSync(join(folder, 'image/bin')))('may run %s', (name) => {
    expect(statSync(join(folder, 'image/bin', name)).mode & 0o111).toBe(0o111);
  });
});
