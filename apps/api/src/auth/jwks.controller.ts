import { Controller, Get, Inject } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { KeyRing } from '#tokens/key-ring.js';
import { jwksOf } from '#tokens/published-key.js';
import { KEY_RING } from '#tokens/tokens.module.js';
import { Public } from '../http/access.js';

/** The public keys, for whoever verifies tokens: of the key that signs, and of those that did or will. */
@ApiExcludeController()
@Public()
@Controller('.well-known')
export class JwksController {
  constructor(@Inject(KEY_RING) private readonly keys: KeyRing) {}

  @Get('jwks.json')
  async jwks(): Promise<Record<string, unknown>> {
    return jwksOf(this.keys.published);
  }
}
