import { Global, Module } from '@nestjs/common';
import { Metrics } from './metrics.js';

/** Gives the metrics of this process to every room that counts. */
@Global()
@Module({ providers: [{ provide: Metrics, useFactory: () => new Metrics() }], exports: [Metrics] })
export class MetricsModule {}
