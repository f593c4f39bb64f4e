import { describe, expect, it } from 'vitest';
import { type Gate, type ImageFacts, judgeImage } from './judge-image.js';
import { NO_FINDINGS } from './severity.js';

const NOW = new Date('2026-11-21T12:00:00Z');
const strict: Gate = {
  max: 'high',
  fixableOnly: false,
  maxAge: null,
  unscanned: 'fail',
  unsupported: 'fail',
  failed: 'pass',
};
const clean: ImageFacts = {
  state: 'done',
  reason: null,
  verdictAt: new Date('2026-11-21T10:00:00Z'),
  counts: NO_FINDINGS,
};
const none: ImageFacts = { ...clean, state: 'queued', verdictAt: null };
const having = (counts: object, more: Partial<ImageFacts> = {}): ImageFacts => ({
  ...clean,
  counts: { ...NO_FINDINGS, ...counts },
  ...more,
});

describe(judgeImage, () => {
  it.each<[string, Partial<Gate>, ImageFacts, boolean, string?]>([
    ['nothing was found', {}, clean, true],
    ['the worst that is allowed was found', {}, having({ high: 3 }), true],
    ['something worse was found', {}, having({ critical: 1, high: 1 }), false, '1 critical'],
    [
      'nothing is allowed and something small was found',
      { max: 'none' },
      having({ negligible: 2 }),
      false,
      '2 negligible',
    ],
    ['nobody has rated it, and nothing is allowed', { max: 'none' }, having({ unknown: 1 }), false, '1 unknown'],
    ['there is no verdict yet', {}, none, false, 'there is no verdict: queued'],
    ['there is none, and that is accepted', { unscanned: 'pass' }, none, true, 'there is no verdict: queued'],
    [
      'it can not be scanned',
      {},
      { ...none, state: 'unsupported', reason: 'a chart' },
      false,
      'it can not be scanned: a chart',
    ],
    ['it can not be scanned, and that is accepted', { unsupported: 'pass' }, { ...none, state: 'unsupported' }, true],
    [
      'the newest scan failed and the last good one found nothing',
      {},
      { ...clean, state: 'failed', reason: 'x' },
      true,
      'its newest scan failed: x',
    ],
    ['the newest scan failed, and that is not accepted', { failed: 'fail' }, { ...clean, state: 'failed' }, false],
    [
      'a failed scan without any verdict',
      { failed: 'pass' },
      { ...none, state: 'failed', reason: 'x' },
      false,
      'there is no verdict: x',
    ],
    ['the verdict is old', { maxAge: 1 }, clean, false, 'its verdict is 2 hours old'],
    ['the verdict is young enough', { maxAge: 2 }, clean, true],
  ])('%s', (_, gate, facts, pass, reason) => {
    const judgement = judgeImage({ ...strict, ...gate }, facts, NOW);
    expect(judgement.pass).toBe(pass);
    if (reason !== undefined) expect(judgement.reasons).toContain(reason);
    else if (!pass) expect(judgement.reasons).not.toEqual([]);
  });
});
