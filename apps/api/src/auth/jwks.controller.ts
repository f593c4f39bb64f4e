import { Controller, Get } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { TokenSigner } from '#tokens/token-signer.js';
import { Public } from '../http/access.js';

/** The public keys, for whoever verifies tokens. */
@ApiExcludeController()
@Public()
@Controller('.well-known')
export class JwksController {
  constructor(private readonly signer: TokenSigner) {}

  @Get('jwks.json')
  async jwks(): Promise<Record<string, unknown>> {
    return this.signer.jwks();
  }
}
