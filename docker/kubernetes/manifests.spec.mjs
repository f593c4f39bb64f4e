import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { delimiter, dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';

const folder = import.meta.dirname;
const files = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.yaml'));
const read = (name) =>
  parseAllDocuments(readFileSync(join(folder, name), 'utf8'), { merge: true }).map((doc) => doc.toJS());
const manifests = files
  .filter((name) => !name.endsWith('kustomization.yaml'))
  .flatMap((file) =>
    read(file).map((object) => ({ file, object, title: `${file}: ${object.kind} ${object.metadata?.name}` })),
  );
const all = manifests.map(({ object }) => object);
const named = (kind, name) => all.find((object) => object.kind === kind && object.metadata.name === name);
const pods = all.filter(({ kind }) => ['Deployment', 'Job'].includes(kind));

/** The published schema of an object's kind, as npm has it. */
async function modelOf({ apiVersion, kind }) {
  const crd = {
    'keda.sh': '@kubernetes-models/keda',
    'monitoring.coreos.com': '@kubernetes-models/prometheus-operator',
  };
  const from = crd[apiVersion.split('/')[0]] ?? 'kubernetes-models';
  return (await import(`${from}/${apiVersion}/${kind}`))[kind];
}

/**
 * The fields that the schema does not know: its validator never looked at them. Throws what the validator finds.
 */
async function unknownFields(object) {
  const asked = new Map();
  const watched = (value) => {
    if (value === null || typeof value !== 'object') return value;
    const entries = Object.entries(value).map(([key, inner]) => [key, watched(inner)]);
    if (Array.isArray(value)) return entries.map(([, inner]) => inner);
    asked.set(value, new Set());
    return new Proxy(Object.fromEntries(entries), {
      get: (target, key) => {
        asked.get(value).add(key);
        return target[key];
      },
    });
  };
  const Model = await modelOf(object);
  // The class copies what it is given, and would look at all of it.
  Model.prototype.validate.call(watched(object));
  return [...asked].flatMap(([value, keys]) => Object.keys(value).filter((key) => !keys.has(key)));
}

describe('the manifests of Kubernetes', () => {
  it('hold what a site needs', () => {
    const kinds = all.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(kinds).toEqual(
      expect.arrayContaining([
        'Deployment portus-api',
        'HorizontalPodAutoscaler portus-api',
        'PodDisruptionBudget portus-api',
        'Deployment portus-worker',
        'PodDisruptionBudget portus-worker',
        'ScaledObject portus-worker',
        'HorizontalPodAutoscaler portus-worker',
        'Job portus-migrate',
        'ServiceMonitor portus',
        'Ingress portus',
        'NetworkPolicy portus-nothing',
      ]),
    );
  });

  it.each(manifests.map(({ title, object }) => [title, object]))(
    '%s is good by its schema and has no field beside it',
    async (_title, object) => {
      expect(await unknownFields(object)).toEqual([]);
    },
  );

  it('are looked at: a wrong type and a field that does not exist are found', async () => {
    const wrong = structuredClone(named('Deployment', 'portus-api'));
    wrong.spec.template.spec.containers[0].readinesProbe = {};
    expect(await unknownFields(wrong)).toEqual(['readinesProbe']);
    wrong.spec.template.spec.containers[0].ports[0].containerPort = 'http';
    await expect(unknownFields(wrong)).rejects.toThrow(/containerPort/);
  });

  it('are all named by a kustomization, which names nothing else', () => {
    for (const kustomization of files.filter((name) => name.endsWith('kustomization.yaml'))) {
      const [{ resources = [], components = [] }] = read(kustomization);
      const here = join(folder, dirname(kustomization));
      for (const path of [...resources, ...components]) expect(existsSync(join(here, path)), path).toBe(true);
      const beside = readdirSync(here).filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml');
      expect(
        beside.filter((name) => !resources.includes(name)),
        relative(folder, here),
      ).toEqual([]);
    }
  });

  it.each(pods.map((object) => [object.metadata.name, object]))('%s runs without any right', (_name, { spec }) => {
    const pod = spec.template.spec;
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: 'RuntimeDefault' } },
    });
    for (const container of pod.containers) {
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(container.resources.requests).toHaveProperty('memory');
      expect(container.resources.limits).toHaveProperty('memory');
      expect(container.image).toMatch(/^portus\/\w+:\d+\.\d+\.\d+$/);
    }
  });

  it.each(['portus-api', 'portus-worker'])('%s is asked apart whether it has started, lives, and can serve', (name) => {
    const { spec } = named('Deployment', name).spec.template;
    const [{ startupProbe, livenessProbe, readinessProbe, ports }] = spec.containers;
    expect([startupProbe, livenessProbe, readinessProbe].map((probe) => probe.httpGet.path)).toEqual([
      '/_ping',
      '/_ping',
      '/_health',
    ]);
    expect(ports.map((port) => port.name)).toContain(readinessProbe.httpGet.port);
    expect(spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(30);
    expect(named('Deployment', name).spec).not.toHaveProperty('replicas');
  });

  it('name secrets, and hold none', () => {
    expect(all.map(({ kind }) => kind)).not.toContain('Secret');
    const settings = named('ConfigMap', 'portus-settings').data;
    for (const [name, value] of Object.entries(settings))
      if (/PASSWORD|SECRET|_URL_FILE|KEY/.test(name)) expect(value, name).toMatch(/^\/run\/secrets\/portus\//);
  });

  it('set nothing that is no setting, and scale by metrics that there are', () => {
    const known = readFileSync(join(folder, '../../.env.example'), 'utf8');
    for (const name of Object.keys(named('ConfigMap', 'portus-settings').data))
      expect(known).toContain(`# ${name.replace(/_FILE$/, '')}=`);
    const metrics = readFileSync(join(folder, '../../docs/metrics.md'), 'utf8');
    const used = JSON.stringify(all)
      .match(/portus_[a-z_]+/g)
      .filter((name) => !name.startsWith('portus_migrate'));
    expect(used.length).toBeGreaterThan(2);
    for (const name of used) expect(metrics).toContain(`\`${name}`);
  });

  const kubectl = (process.env.PATH ?? '')
    .split(delimiter)
    .map((each) => join(each, 'kubectl'))
    .find(existsSync);
  it.skipIf(kubectl === undefined)(
    'are rendered by kubectl, each for its namespace and with the label that the policies select',
    async () => {
      const text = execFileSync(kubectl, ['kustomize', join(folder, 'overlays/example')], { encoding: 'utf8' });
      const rendered = parseAllDocuments(text).map((doc) => doc.toJS());
      expect(rendered.length).toBeGreaterThan(15);
      for (const object of rendered) {
        expect(await unknownFields(object), object.kind).toEqual([]);
        if (object.kind !== 'Namespace') expect(object.metadata.namespace).toBe('portus');
        const { template } = object.spec ?? {};
        if (template) expect(template.metadata.labels['app.kubernetes.io/part-of']).toBe('portus');
      }
      expect(rendered.find(({ kind }) => kind === 'Job').spec.template.spec.containers[0].image).toBe(
        'registry.example/portus/tools:0.1.0',
      );
    },
    60_000,
  );
});
