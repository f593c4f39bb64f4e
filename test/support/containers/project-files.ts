import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StandIn } from './stand-ins.js';

/** The tree. */
export const ROOT = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));

/** A file of `docker/`, as text. */
export const dockerFile = (name: string): string => readFileSync(join(ROOT, 'docker', name), 'utf8');

/** A file beside compose.yaml, `compose.<name>.yaml`. */
export type Overlay = 'registry-2.8' | 'trivy' | 'clair';

/** What the Dockerfile and the compose files build on, by their own defaults. */
export function baseImages(overlays: readonly Overlay[]): StandIn[] {
  const dockerfile = dockerFile('Dockerfile');
  const compose = dockerFile('compose.yaml');
  const argument = (name: string): string => one(new RegExp(`^ARG ${name}=(\\S+)$`, 'm'), dockerfile);
  const image = (name: string, text = compose): string =>
    one(new RegExp(`\\$\\{STACK_${name}_IMAGE:-([^}]+)\\}`), text);
  return [
    { kind: 'debian', image: argument('RUNTIME_IMAGE') },
    { kind: 'node', image: argument('NODE_IMAGE') },
    { kind: 'nginx', image: image('NGINX') },
    { kind: 'postgres', image: image('POSTGRES') },
    { kind: 'redis', image: image('REDIS') },
    ...(overlays.includes('registry-2.8') ? [] : [{ kind: 'registry-3', image: image('REGISTRY') } as const]),
    ...overlays.map((kind) => {
      const name = kind === 'registry-2.8' ? 'REGISTRY' : kind.toUpperCase();
      return { kind, image: image(name, dockerFile(`compose.${kind}.yaml`)) };
    }),
  ];
}

/** The images of Portus by target, as the compose file names them, and the one for everything. */
export function portusImages(): Record<'api' | 'worker' | 'tools' | 'portus', string> {
  const image = (name: string): string =>
    one(new RegExp(`\\$\\{STACK_${name}_IMAGE:-([^}]+)\\}`), dockerFile('compose.yaml'));
  const api = image('API');
  return { api, worker: image('WORKER'), tools: image('TOOLS'), portus: api.replace('portus/api', 'portus/portus') };
}

function one(pattern: RegExp, text: string): string {
  const found = pattern.exec(text)?.[1];
  if (found === undefined) throw new Error(`nothing matches ${pattern}`);
  return found;
}
