/** Where somebody stands in the plan of a retention. */
export interface PlanSearch {
  /** Whether it is looked at: it is made anew each time. */
  plan?: boolean;
  /** The repository after which it goes on. */
  after?: number;
  /** The tag of that repository after which it goes on; without one with the next repository. */
  afterTag?: string;
  /** Only what would be dropped. */
  drops?: boolean;
}

/** Reads it from an address that anybody may have written. */
export function planSearch({ plan, after, afterTag, drops }: Record<string, unknown>): PlanSearch {
  const place = Number(after);
  return {
    ...(plan === true || plan === 'true' ? { plan: true } : {}),
    ...(Number.isInteger(place) && place > 0 && place <= 2_147_483_647 ? { after: place } : {}),
    ...(typeof afterTag === 'string' && /^\w[\w.-]{0,127}$/.test(afterTag) ? { afterTag } : {}),
    ...(drops === true || drops === 'true' ? { drops: true } : {}),
  };
}
