import { isAtLeast, SEVERITIES, type Severity } from '#domain/scan/severity.js';
import { type ActivitiesRepository, BY_PORTUS } from '#persistence/activities.repository.js';
import { placesOfTargets } from '#persistence/scan-places.js';
import type { OnVerdict } from '#persistence/scan-verdicts.repository.js';

/** Findings that one activity names; it tells how many more there are. */
const NAMED = 20;

/**
 * Writes down where a new scan found something, at least so bad, that the former one of the same image did not: once for
 * each repository that has the image tagged.
 */
export function recordNewFindings(activities: ActivitiesRepository, from: Severity): OnVerdict {
  return async (sql, { scanner, digest }, { targetIds, fresh }) => {
    const bad = (fresh ?? []).filter(({ severity }) => isAtLeast(severity, from));
    if (bad.length === 0) return;
    bad.sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
    const findings = bad.slice(0, NAMED);
    for (const { repositoryId, fullName, tags, teamId, namespaceId } of await placesOfTargets(sql, targetIds)) {
      const details = { digest, scanner, tags, count: bad.length, findings };
      const subject = { subjectType: 'repository', subjectId: repositoryId, subjectName: fullName } as const;
      await activities.record(BY_PORTUS, { key: 'scan.new_finding', ...subject, teamId, namespaceId, details }, sql);
    }
  };
}
