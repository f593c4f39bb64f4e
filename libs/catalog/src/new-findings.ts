import { isAtLeast, SEVERITIES, type Severity } from '#domain/scan/severity.js';
import { type ActivitiesRepository, BY_PORTUS } from '#persistence/activities.repository.js';
import { announce } from '#persistence/announce.js';
import { newsOf, placesOfTargets } from '#persistence/scan-places.js';
import type { FreshFinding, OnVerdict } from '#persistence/scan-verdicts.repository.js';

/** Findings that one activity names; it tells how many more there are. */
const NAMED = 20;

/**
 * Tells where a scan found something, at least so bad, that the former one of the same image did not: in the activities, once
 * for each repository that has the image tagged, and to the webhooks that want to hear of it, once for each tag. Of an image
 * that was never scanned before everything is new, unless it was there before the scanner.
 */
export function recordNewFindings(activities: ActivitiesRepository, from: Severity): OnVerdict {
  return async (sql, { scanner, digest }, { targetIds, isFirst, fresh }) => {
    const bad = worstFirst(fresh.filter(({ severity }) => isAtLeast(severity, from)));
    if (bad.length === 0) return;
    const { isNews, demo } = await newsOf(sql, scanner, targetIds);
    if (isFirst && !isNews) return;
    const found = { digest, scanner, demo, count: bad.length, findings: bad.slice(0, NAMED) };
    for (const { repositoryId, fullName, tags, teamId, namespaceId } of await placesOfTargets(sql, targetIds)) {
      const subject = { subjectType: 'repository', subjectId: repositoryId, subjectName: fullName } as const;
      const details = { ...found, tags };
      await activities.record(BY_PORTUS, { key: 'scan.new_finding', ...subject, teamId, namespaceId, details }, sql);
      // What a tag has may be an index, and what was scanned one of its platforms.
      const told = tags.map((tag) => ({ event: 'new_finding', repositoryId, tag, digest: null, scan: found }) as const);
      await announce(sql, told);
    }
  };
}

function worstFirst(findings: FreshFinding[]): FreshFinding[] {
  return findings.toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
}
