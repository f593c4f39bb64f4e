import { Controller, Get, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Draining } from '#platform/lifecycle/draining.js';
import { Public } from '../http/access.js';
import { Answers } from '../http/answers.js';
import { HealthAnswers } from './health.dto.js';
import { type HealthReport, HealthService } from './health.service.js';

/** It serves whatever still comes. */
const LEAVING: HealthReport = {
  healthy: false,
  status: 'down',
  components: { process: { success: false, msg: 'this process is stopping', status: 'down' } },
};

@ApiTags('health')
@Public()
@Controller()
export class HealthController {
  constructor(
    private readonly health: HealthService,
    private readonly draining: Draining,
  ) {}

  /** The process answers; says nothing about what it needs. */
  @Get(['_ping', 'api/v1/_ping'])
  @Answers(z.object({ ok: z.literal(true) }))
  ping(): { ok: true } {
    return { ok: true };
  }

  /** Ready to serve. Degraded, but 200, while pulls are served without the database; then, and on the way out, 503. */
  @Get('_health')
  @HealthAnswers()
  async ready(@Res({ passthrough: true }) reply: FastifyReply) {
    return answer(this.draining.begun ? LEAVING : await this.health.readiness(), reply);
  }

  /** Each component by itself; 503 when any of them is down. */
  @Get('api/v1/health')
  @HealthAnswers()
  async components(@Res({ passthrough: true }) reply: FastifyReply) {
    return answer(await this.health.components(), reply);
  }
}

function answer(report: HealthReport, reply: FastifyReply): HealthReport['components'] {
  reply.code(report.healthy ? 200 : 503).header('x-portus-status', report.status);
  return report.components;
}
