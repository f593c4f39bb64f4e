import { describe, expect, it } from 'vitest';
import { shortAgent } from './short-agent.js';

describe(shortAgent, () => {
  it.each([
    [
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
      'Chrome 141, Linux',
    ],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0',
      'Edge 141, Windows',
    ],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15',
      'Safari 18, macOS',
    ],
    ['Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0', 'Firefox 140, Android'],
    ['curl/8.5.0', 'curl/8.5.0'],
  ])('%s', (agent, shown) => {
    expect(shortAgent(agent)).toBe(shown);
  });

  it('cuts what it does not know', () => {
    expect(shortAgent('x'.repeat(500))).toHaveLength(60);
  });
});
