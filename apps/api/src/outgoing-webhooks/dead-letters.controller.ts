import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { CurrentUser, type Person } from '../http/access.js';
import { Answers } from '../http/answers.js';
import { DeadLettersService } from './dead-letters.service.js';

const named = z.object({ id: z.number(), name: z.string() });
const deadLettersView = z
  .object({
    namespace: named,
    webhook: named,
    dead: z.number().describe('deliveries that were given up'),
    newest_at: z.string().describe('when the newest of them was made'),
  })
  .meta({ id: 'DeadLetters' });

@ApiTags('webhooks')
@Controller('api/v1/dead_letters')
export class DeadLettersController {
  constructor(private readonly letters: DeadLettersService) {}

  /** Webhooks with deliveries that were given up, of those whose deliveries the caller may read; at most a hundred. */
  @Get()
  @Answers(z.array(deadLettersView))
  async list(@CurrentUser() person: Person) {
    const rows = await this.letters.list(person);
    return rows.map(({ namespace, webhook, dead, newestAt }) => ({
      namespace,
      webhook,
      dead,
      newest_at: newestAt.toISOString(),
    }));
  }
}
