interface DayOfPulls {
  /** `YYYY-MM-DD`, of UTC. */
  day: string;
  pulls: number;
}

const DAY_MS = 86_400_000;

/** Every day of the time, also those without pulls, which the api leaves out; both ends are included. */
export function everyDay(from: string, to: string, days: readonly DayOfPulls[]): DayOfPulls[] {
  const pulls = new Map(days.map((one) => [one.day, one.pulls]));
  const [first, last] = [Date.parse(from), Date.parse(to)];
  return Array.from({ length: Math.max(0, Math.round((last - first) / DAY_MS) + 1) }, (_, i) => {
    const day = new Date(first + i * DAY_MS).toISOString().slice(0, 10);
    return { day, pulls: pulls.get(day) ?? 0 };
  });
}
