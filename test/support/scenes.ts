import { afterAll, beforeAll, describe, it } from 'vitest';
import { REGISTRY_PROGRAMS, startStack, type StackOptions } from './stack.js';
import type { Stack } from './stack-handle.js';

export type Flavour = keyof typeof REGISTRY_PROGRAMS;

export interface SceneOptions {
  /** Default both. */
  flavours?: readonly Flavour[];
  /** Variables that name what the scenes need beside a registry and Redis, such as PORTUS_TEST_SKOPEO. */
  needs?: readonly string[];
  stack?: Omit<StackOptions, 'registry'>;
}

/**
 * Plays scenes on a stack for each registry. `house` answers the running stack inside of tests and hooks. What this
 * machine does not have is one skipped test, whose name says what is missing.
 */
export function scenes(
  title: string,
  options: SceneOptions,
  play: (house: () => Stack, flavour: Flavour) => void,
): void {
  for (const flavour of options.flavours ?? (['2.8', '3'] as const)) {
    const needs = [REGISTRY_PROGRAMS[flavour], 'PORTUS_TEST_REDIS_BIN', ...(options.needs ?? [])];
    const missing = needs.filter((name) => !process.env[name]);
    describe.skipIf(missing.length > 0)(`${title}, registry ${flavour}`, () => {
      if (missing.length > 0) return void it(`is played (needs ${missing.join(', ')})`, () => undefined);
      let stack: Stack | undefined;
      beforeAll(async () => {
        stack = await startStack({ registry: flavour, ...options.stack });
      });
      play(() => {
        if (!stack) throw new Error('the stack does not run');
        return stack;
      }, flavour);
      // Registered last, it runs first: a hook of the scenes that fails would keep the others from running.
      afterAll(() => stack?.stop());
    });
  }
}
