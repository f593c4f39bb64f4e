import { Bots1795327200000 } from './1795327200000-bots.js';
import { CountedRemovals1795276800003 } from './1795276800003-counted-removals.js';
import { DeletionsPerRegistry1795276800002 } from './1795276800002-deletions-per-registry.js';
import { Activities1795258800000 } from './1795258800000-activities.js';
import { DeletionsAndRetention1795240800001 } from './1795240800001-deletions-and-retention.js';
import { Denials1795237200000 } from './1795237200000-denials.js';
import { RegistrySyncStrategy1795276800001 } from './1795276800001-registry-sync-strategy.js';
import { RegistryClocks1795237200001 } from './1795237200001-registry-clocks.js';
import { EventEvidence1795230000000 } from './1795230000000-event-evidence.js';
import { EventInbox1795248000000 } from './1795248000000-event-inbox.js';
import { GoneManifests1795240800000 } from './1795240800000-gone-manifests.js';
import { InitialSchema1795200000000 } from './1795200000000-initial-schema.js';
import { LoginFailures1795222800000 } from './1795222800000-login-failures.js';
import { OutgoingWebhooks1795284000000 } from './1795284000000-outgoing-webhooks.js';
import { RefreshTokens1795226400000 } from './1795226400000-refresh-tokens.js';
import { Sessions1795262400000 } from './1795262400000-sessions.js';
import { SyncPlans1795244400000 } from './1795244400000-sync-plans.js';
import { PlannedTags1795244400001 } from './1795244400001-planned-tags.js';
import { TokenLimits1795233600000 } from './1795233600000-token-limits.js';
import { WaitingConfigs1795251600000 } from './1795251600000-waiting-configs.js';
import { Search1795266000000 } from './1795266000000-search.js';
import { ScanTargets1795298400001 } from './1795298400001-scan-targets.js';
import { ScansOfAll1795298400002 } from './1795298400002-scans-of-all.js';
import { Scanning1795298400000 } from './1795298400000-scanning.js';
import { ScanLists1795309200000 } from './1795309200000-scan-lists.js';
import { ScanSboms1795302000000 } from './1795302000000-scan-sboms.js';
import { ScanMarks1795320000000 } from './1795320000000-scan-marks.js';
import { StarsAndComments1795269600000 } from './1795269600000-stars-and-comments.js';
import { PasswordResets1795280400000 } from './1795280400000-password-resets.js';
import { IdempotencyKeys1795287600000 } from './1795287600000-idempotency-keys.js';
import { Workers1795316400007 } from './1795316400007-workers.js';
import { ListOrders1795287600001 } from './1795287600001-list-orders.js';
import { Mails1795323600010 } from './1795323600010-mails.js';
import { DeletionsOfTeams1795323600011 } from './1795323600011-deletions-of-teams.js';

/** All migrations, oldest first. One that has landed is never edited. */
export const MIGRATIONS = [
  InitialSchema1795200000000,
  LoginFailures1795222800000,
  RefreshTokens1795226400000,
  EventEvidence1795230000000,
  TokenLimits1795233600000,
  Denials1795237200000,
  RegistryClocks1795237200001,
  GoneManifests1795240800000,
  DeletionsAndRetention1795240800001,
  SyncPlans1795244400000,
  PlannedTags1795244400001,
  EventInbox1795248000000,
  WaitingConfigs1795251600000,
  Activities1795258800000,
  Sessions1795262400000,
  Search1795266000000,
  StarsAndComments1795269600000,
  RegistrySyncStrategy1795276800001,
  Scanning1795298400000,
  ScanSboms1795302000000,
  ScanTargets1795298400001,
  ScansOfAll1795298400002,
  OutgoingWebhooks1795284000000,
  DeletionsPerRegistry1795276800002,
  CountedRemovals1795276800003,
  PasswordResets1795280400000,
  IdempotencyKeys1795287600000,
  ListOrders1795287600001,
  ScanLists1795309200000,
  Workers1795316400007,
  ScanMarks1795320000000,
  Mails1795323600010,
  DeletionsOfTeams1795323600011,
  Bots1795327200000,
];
