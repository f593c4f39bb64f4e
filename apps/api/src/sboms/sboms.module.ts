import { Module } from '@nestjs/common';
import { TagsModule } from '../tags/tags.module.js';
import { SbomsController } from './sboms.controller.js';
import { SbomsService } from './sboms.service.js';

/** What is inside of images. */
@Module({ imports: [TagsModule], controllers: [SbomsController], providers: [SbomsService] })
export class SbomsModule {}
