import { InvalidError } from '#domain/errors/app-error.js';

/** Runs `work`; a violated unique index becomes 422 with a message for the field that the index stands for. */
export async function uniqueOr422<T>(fields: Record<string, string>, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, constraint } = ((error as { driverError?: object }).driverError ?? error) as {
      code?: string;
      constraint?: string;
    };
    const field = code === '23505' && constraint ? fields[constraint] : undefined;
    if (field === undefined) throw error;
    throw new InvalidError({ [field]: ['has already been taken'] });
  }
}
