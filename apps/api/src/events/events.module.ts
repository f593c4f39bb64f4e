import { Module } from '@nestjs/common';
import { EventStream } from './event-stream.js';
import { EventStreamController } from './event-stream.controller.js';
import { EventsController } from './events.controller.js';
import { EventsService } from './events.service.js';

// The stream's door stands first: `/events/:id` would take its path.
@Module({ controllers: [EventStreamController, EventsController], providers: [EventsService, EventStream] })
export class EventsModule {}
