import type { Logger } from '../logging/logger.js';
import { installTracer } from './tracing.js';

/** What the standard variables say. */
export interface TracingWish {
  wanted: boolean;
  /** What they ask for in vain. */
  warnings: string[];
}

/**
 * Reads the variables of the OpenTelemetry specification ("Environment Variable Specification"). Traces are sent when
 * OTEL_EXPORTER_OTLP_ENDPOINT (or …_TRACES_ENDPOINT) names a receiver, or OTEL_TRACES_EXPORTER is `otlp`; OTEL_SDK_DISABLED
 * and OTEL_TRACES_EXPORTER=none switch them off.
 */
export function readTracingWish(env: NodeJS.ProcessEnv): TracingWish {
  const of = (name: string): string => (env[name] ?? '').trim();
  const endpoint = of('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT') || of('OTEL_EXPORTER_OTLP_ENDPOINT');
  const exporter = of('OTEL_TRACES_EXPORTER') || (endpoint === '' ? 'none' : 'otlp');
  if (/^true$/i.test(of('OTEL_SDK_DISABLED')) || exporter === 'none') return { wanted: false, warnings: [] };
  if (exporter !== 'otlp')
    return { wanted: false, warnings: [`OTEL_TRACES_EXPORTER is ${exporter}: only otlp and none are known`] };
  const protocol = of('OTEL_EXPORTER_OTLP_TRACES_PROTOCOL') || of('OTEL_EXPORTER_OTLP_PROTOCOL') || 'http/json';
  const spoken = protocol === 'http/json' ? [] : [`OTLP is spoken as http/json, not as ${protocol}`];
  return { wanted: true, warnings: spoken };
}

/**
 * Begins to send traces, if they are wanted; only then is anything of OpenTelemetry loaded.
 *
 * @param program name of the service where OTEL_SERVICE_NAME does not say another
 * @returns sends what is left, for the end of the program
 */
export async function startTracing(
  program: string,
  logger: Pick<Logger, 'info' | 'warn'>,
): Promise<() => Promise<void>> {
  const { wanted, warnings } = readTracingWish(process.env);
  for (const warning of warnings) logger.warn(warning);
  if (!wanted) return async () => undefined;
  const { openTelemetry } = await import('./open-telemetry.js');
  const { tracer, stop } = openTelemetry(program);
  installTracer(tracer);
  logger.info('traces are sent');
  return stop;
}
