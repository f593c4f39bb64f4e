/** A store that is away fails at every try to reach it, several times a second; a line now and then tells enough. */
const EVERY_MS = 30_000;

/** What is needed of a logger. */
interface Warner {
  warn(facts: object, message: string): void;
}

/** A listener for errors of the queues' store that warns of the first, and then at most once in 30 s. */
export function warnOfStore(logger: Warner, now: () => number = Date.now): (error: Error) => void {
  let quietUntil = -Infinity;
  return (error) => {
    if (now() < quietUntil) return;
    quietUntil = now() + EVERY_MS;
    logger.warn({ error: error.message }, 'the queue store fails; sweepers find the work once it is back');
  };
}
