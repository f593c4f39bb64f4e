/** The state of one component, as Portus shows it. */
export interface Component {
  success: boolean;
  msg: string;
}

export type HealthCheck = () => Promise<string>;

/** A check that takes longer has failed, milliseconds. */
const TIMEOUT_MS = 3_000;

/** Runs checks side by side. A check answers a sentence for people, or throws one. */
export async function checkHealth(checks: Record<string, HealthCheck>): Promise<Record<string, Component>> {
  const entries = Object.entries(checks).map(async ([name, check]): Promise<[string, Component]> => {
    try {
      return [name, { success: true, msg: await inTime(check()) }];
    } catch (error) {
      return [name, { success: false, msg: (error as Error).message }];
    }
  });
  return Object.fromEntries(await Promise.all(entries));
}

async function inTime<T>(promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), TIMEOUT_MS);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
