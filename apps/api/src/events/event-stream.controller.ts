import { Readable } from 'node:stream';
import { Controller, Get, Headers, Query, Res, StreamableFile } from '@nestjs/common';
import { ApiHeader, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { AdminOnly } from '../http/access.js';
import { Answers } from '../http/answers.js';
import { EVENT_PLACE, LONGEST_SECONDS, EventStream } from './event-stream.js';

const streamQuery = z.object({
  seconds: z.coerce.number().int().min(0).max(LONGEST_SECONDS).default(LONGEST_SECONDS).meta({
    description: 'For how long to listen; 0: what is there already, and no more.',
    example: 0,
  }),
});

/** Notifications as they arrive (server-sent events, html.spec.whatwg.org 9.2). */
@ApiTags('events')
@AdminOnly()
@Controller('api/v1/events/stream')
export class EventStreamController {
  constructor(private readonly events: EventStream) {}

  /**
   * Each message is `data: <Event>`, once when the event arrives and again when its state changes soon after. A client
   * that comes back with `Last-Event-ID` goes on from there, up to an hour back.
   */
  @Get()
  @ApiProduces('text/event-stream')
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: 'The `id` of the last message that was received.',
    schema: { type: 'string' },
    example: '1795273200000000.42',
  })
  @Answers(z.string(), { also: [429] })
  stream(
    @Query({ schema: streamQuery }) { seconds }: z.output<typeof streamQuery>,
    @Headers('last-event-id') last: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): StreamableFile {
    this.events.requireRoom();
    // Proxies that collect an answer before they pass it on would hold back what is live.
    reply.header('x-accel-buffering', 'no');
    const place = last !== undefined && EVENT_PLACE.test(last) ? last : null;
    return new StreamableFile(Readable.from(this.events.follow(place, seconds), { highWaterMark: 16 }), {
      type: 'text/event-stream',
    });
  }
}
