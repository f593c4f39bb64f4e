/** up: all well; degraded: it works, not as it should, and somebody should look; down: it does not work. */
export type HealthStatus = 'up' | 'degraded' | 'down';

/** The state of one component, as Portus shows it (`success`, `msg`), and how bad it is. */
export interface Component {
  /** False only when it is down. */
  success: boolean;
  msg: string;
  status: HealthStatus;
  /** Since when it is like this, and until when it can be, where that is known. RFC 3339. */
  since?: string;
  until?: string;
}

export interface Degraded {
  degraded: string;
  since?: Date;
  until?: Date;
}

/** A component is down, with the sentence that anybody may read, and since when, where that is known. */
export class DownError extends Error {
  override readonly name = 'DownError';

  constructor(
    message: string,
    readonly since: Date | null = null,
  ) {
    super(message);
  }
}

/**
 * Answers a sentence for people, or what is not as it should be; throws when the component is down. Anybody may ask, so
 * only what a {@link DownError} says is shown: messages of other errors hold addresses and names of the inside.
 */
export type HealthCheck = () => Promise<string | Degraded>;

/** A check that takes longer has failed, milliseconds. */
const TIMEOUT_MS = 3_000;

/** Runs checks side by side. */
export async function checkHealth<const K extends string>(
  checks: Record<K, HealthCheck>,
): Promise<Record<K, Component>> {
  const entries = Object.entries<HealthCheck>(checks).map(async ([name, check]): Promise<[string, Component]> => {
    try {
      return [name, componentOf(await inTime(check()))];
    } catch (error) {
      return [name, downOf(error)];
    }
  });
  return Object.fromEntries(await Promise.all(entries)) as Record<K, Component>;
}

/** The worst of all. */
export function worstOf(components: Record<string, Component>): HealthStatus {
  const found = Object.values(components).map((component) => component.status);
  return (['down', 'degraded'] as const).find((status) => found.includes(status)) ?? 'up';
}

function componentOf(found: string | Degraded): Component {
  if (typeof found === 'string') return { success: true, msg: found, status: 'up' };
  const { degraded, since, until } = found;
  return {
    success: true,
    msg: degraded,
    status: 'degraded',
    ...(since ? { since: since.toISOString() } : {}),
    ...(until ? { until: until.toISOString() } : {}),
  };
}

function downOf(error: unknown): Component {
  const down = { success: false, status: 'down' } as const;
  if (!(error instanceof DownError)) return { ...down, msg: 'it could not be looked at' };
  return { ...down, msg: error.message, ...(error.since ? { since: error.since.toISOString() } : {}) };
}

async function inTime<T>(promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DownError('no answer in time')), TIMEOUT_MS);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
