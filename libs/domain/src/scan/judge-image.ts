import type { ScanState } from './scan-state.js';
import { isAtLeast, SEVERITIES, type Severity } from './severity.js';

/** What a site accepts of an image. */
export interface Gate {
  /** The worst severity that passes; null: any. */
  max: Severity | 'none' | null;
  /** Only what a newer version fixes counts. */
  fixableOnly: boolean;
  /** Hours that a verdict may be old; null: any age. */
  maxAge: number | null;
  /** Whether an image passes that has no verdict yet, that can not be scanned, and whose newest scan failed. */
  unscanned: 'pass' | 'fail';
  unsupported: 'pass' | 'fail';
  failed: 'pass' | 'fail';
}

/** What is known of it: the newest good verdict, and what became of the newest scan. */
export interface ImageFacts {
  state: ScanState;
  reason: string | null;
  verdictAt: Date | null;
  /** Findings that count, without those whose risk was accepted. */
  counts: Record<Severity, number>;
}

export interface Judgement {
  pass: boolean;
  /** For people; of an image that passes, why although something is missing. */
  reasons: string[];
}

const HOUR_MS = 3_600_000;

/** Whether an image passes a gate, and why not. Pure; what is not known never passes as clean. */
export function judgeImage(gate: Gate, facts: ImageFacts, now: Date): Judgement {
  const failures: string[] = [];
  const notes: string[] = [];
  const say = (choice: 'pass' | 'fail', text: string): void => void (choice === 'pass' ? notes : failures).push(text);
  if (facts.state === 'unsupported')
    say(gate.unsupported, `it can not be scanned: ${facts.reason ?? 'no reason is known'}`);
  else if (facts.verdictAt === null) say(gate.unscanned, `there is no verdict: ${facts.reason ?? facts.state}`);
  else if (facts.state === 'failed')
    say(gate.failed, `its newest scan failed: ${facts.reason ?? 'no reason is known'}`);
  if (facts.verdictAt !== null) failures.push(...tooBad(gate, facts), ...tooOld(gate, facts.verdictAt, now));
  return { pass: failures.length === 0, reasons: [...failures, ...notes] };
}

function tooBad({ max, fixableOnly }: Gate, { counts }: ImageFacts): string[] {
  if (max === null) return [];
  const bad = SEVERITIES.filter((one) => counts[one] > 0 && (max === 'none' || (one !== max && isAtLeast(one, max))));
  return bad.map((one) => `${counts[one]} ${one}${fixableOnly ? ' that could be fixed' : ''}`);
}

function tooOld({ maxAge }: Gate, verdictAt: Date, now: Date): string[] {
  const hours = (now.getTime() - verdictAt.getTime()) / HOUR_MS;
  return maxAge !== null && hours > maxAge ? [`its verdict is ${Math.floor(hours)} hours old`] : [];
}
