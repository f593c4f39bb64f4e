import { AppError, InvalidError } from '#domain/errors/app-error.js';
import { RegistryError } from '#registry/errors.js';

/**
 * Runs `work` at a registry: one that gives no usable answer now is a 503, one that refuses is a 422. What it wrote is
 * not passed on, only its code.
 */
export async function orRegistryError<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    const away = error.temporary || error.status === null;
    if (away) throw new AppError('unavailable', `the registry gives no answer (${error.code})`, { cause: error });
    throw new InvalidError({ registry: [`refused: ${error.code}`] });
  }
}
