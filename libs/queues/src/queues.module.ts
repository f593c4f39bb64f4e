import { BullModule, getQueueToken } from '@nestjs/bullmq';
import { type DynamicModule, Global, Module } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { QUEUES, type QueueName } from '#domain/jobs/jobs.js';
import { LOGGER } from '#platform/config/settings.module.js';
import type { Logger } from '#platform/logging/logger.js';
import { Doorbell } from './doorbell.js';
import { QueueSizes } from './queue-sizes.js';
import type { QueueConnections } from './queue-backend.js';

/** The queues and the bell. */
@Global()
@Module({})
export class QueuesModule {
  static register(connections: QueueConnections): DynamicModule {
    return {
      module: QueuesModule,
      imports: [
        BullModule.forRoot({
          connection: connections.connection,
          ...(connections.prefix === null ? {} : { prefix: connections.prefix }),
        }),
        BullModule.registerQueue(...QUEUES.map((name) => ({ name }))),
      ],
      providers: [
        {
          provide: Doorbell,
          inject: [LOGGER, ...QUEUES.map((name) => getQueueToken(name))],
          useFactory: (logger: Logger, ...queues: Queue[]) => doorbell(logger, queues),
        },
        {
          provide: QueueSizes,
          inject: QUEUES.map((name) => getQueueToken(name)),
          useFactory: (...queues: Queue[]) => new QueueSizes(byName(queues), connections.place),
        },
      ],
      exports: [Doorbell, QueueSizes],
    };
  }
}

function doorbell(logger: Logger, queues: Queue[]): Doorbell {
  for (const queue of queues)
    queue.on('error', (error) => logger.debug({ queue: queue.name, error: error.message }, 'queue error'));
  return new Doorbell(byName(queues), (queue, error) =>
    logger.warn({ queue, error: error.message }, 'the queue did not take a ring; a sweeper will find the work'),
  );
}

/** @param queues in the order of their names */
function byName(queues: Queue[]): Record<QueueName, Queue> {
  return Object.fromEntries(QUEUES.map((name, i) => [name, queues[i]!])) as Record<QueueName, Queue>;
}
