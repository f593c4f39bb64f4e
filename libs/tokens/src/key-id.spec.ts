import { createPublicKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { libtrustKeyId } from './key-id.js';

// Public keys made for this test; the ids were accepted by a running registry 2.8.2.
const VECTORS = [
  {
    name: 'EC P-256',
    spki: 'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEWZsO2/5RC2WukBSyF2XEHE37opUUSMMCrdN+4ErQjb9ur3bMQ7YobFGM8QthAWQDgpbjmKm2z7j6jHDR3C4qLg==',
    kid: '3Y3R:DI56:SYQE:ZTGA:FGNO:LS7X:CNSS:V5W4:PDOG:O3SV:OP5X:2HHT',
  },
  {
    name: 'RSA 2048',
    spki: 'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAy+BUcll+bCad24rxgErzBCcWOTckUsUbQrb3m9xVb+bSZHvI1RvZn1zahluBQR4c2CREFCtlQBo8+dG8O2AAtWc+CqiHelirvqphlfiHmWhaBu3ShxPQXxYcHyIqgYmrZ/adhVeCoNmrKgGZUpaaC3qnwOZf80dAvneX6E2y2yLKat1RcKjYnCaf0SKAwFlquJrusd3Q6uUIZIPcrxmWiM7ZAIjHqZ2m58HogJF4kyBotMl43OViI4GpILuxpKpX0Vc888Mu30mEClV1soja3BN638H14gpD6O3dB0e/2D5JjAMZDj3z/s41qAn04wJAtawzADGLsEy2rw2sEH3C5wIDAQAB',
    kid: 'FRGV:JM2A:JDXL:A5YZ:UFBI:3NNF:WC6V:ZU4H:VWH2:7VVS:C6XI:33SB',
  },
];

describe(libtrustKeyId.name, () => {
  it.each(VECTORS)('gives the id that a registry computes for $name', ({ spki, kid }) => {
    const key = createPublicKey({ key: Buffer.from(spki, 'base64'), format: 'der', type: 'spki' });
    expect(libtrustKeyId(key)).toBe(kid);
  });
});
