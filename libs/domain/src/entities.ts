import { DeletionItem } from './deletion/deletion-item.entity.js';
import { Deletion } from './deletion/deletion.entity.js';
import { RetentionRule } from './retention/retention-rule.entity.js';
import { TagAlarm } from './retention/tag-alarm.entity.js';
import { ActivitySeal } from './activity/activity-seal.entity.js';
import { Activity } from './activity/activity.entity.js';
import { PullCount } from './inbox/pull-count.entity.js';
import { PullEvent } from './inbox/pull-event.entity.js';
import { RegistryEvent } from './inbox/registry-event.entity.js';
import { IdempotencyKey } from './idempotency/idempotency-key.entity.js';
import { Mail } from './mail/mail.entity.js';
import { ManifestChild } from './manifest/manifest-child.entity.js';
import { Denial } from './denial/denial.entity.js';
import { Manifest } from './manifest/manifest.entity.js';
import { WaitingConfig } from './manifest/waiting-config.entity.js';
import { Namespace } from './namespace/namespace.entity.js';
import { Registry } from './registry/registry.entity.js';
import { RepositoryLease } from './repository/repository-lease.entity.js';
import { Comment } from './repository/comment.entity.js';
import { Repository } from './repository/repository.entity.js';
import { Star } from './repository/star.entity.js';
import { AcceptedRisk } from './scan/accepted-risk.entity.js';
import { ScanFinding } from './scan/scan-finding.entity.js';
import { ScanIssue } from './scan/scan-issue.entity.js';
import { ScanSbom } from './scan/scan-sbom.entity.js';
import { ScanTarget } from './scan/scan-target.entity.js';
import { ScanVerdict } from './scan/scan-verdict.entity.js';
import { Scan } from './scan/scan.entity.js';
import { ScannerRecord } from './scan/scanner-record.entity.js';
import { Vulnerability } from './scan/vulnerability.entity.js';
import { SyncBatch } from './sync/sync-batch.entity.js';
import { SyncDifference } from './sync/sync-difference.entity.js';
import { SyncRun } from './sync/sync-run.entity.js';
import { RemovedTag } from './tag/removed-tag.entity.js';
import { TagRevision } from './tag/tag-revision.entity.js';
import { Tag } from './tag/tag.entity.js';
import { TeamUser } from './team/team-user.entity.js';
import { Team } from './team/team.entity.js';
import { ApplicationToken } from './user/application-token.entity.js';
import { LoginFailure } from './user/login-failure.entity.js';
import { RefreshToken } from './user/refresh-token.entity.js';
import { Session } from './user/session.entity.js';
import { PasswordReset } from './user/password-reset.entity.js';
import { User } from './user/user.entity.js';
import { WebhookDelivery } from './webhook/webhook-delivery.entity.js';
import { WebhookHeader } from './webhook/webhook-header.entity.js';
import { WebhookTarget } from './webhook/webhook-target.entity.js';
import { Webhook } from './webhook/webhook.entity.js';
import { WorkerRecord } from './worker/worker-record.entity.js';

/** Every table of Portus. */
export const ENTITIES = [
  AcceptedRisk,
  Scan,
  ScanFinding,
  ScanIssue,
  ScanSbom,
  ScanTarget,
  ScanVerdict,
  ScannerRecord,
  Vulnerability,
  Deletion,
  DeletionItem,
  RetentionRule,
  TagAlarm,
  Activity,
  ActivitySeal,
  ApplicationToken,
  Denial,
  IdempotencyKey,
  LoginFailure,
  Mail,
  Manifest,
  ManifestChild,
  Namespace,
  PasswordReset,
  PullCount,
  PullEvent,
  RefreshToken,
  Registry,
  RegistryEvent,
  RemovedTag,
  Repository,
  RepositoryLease,
  SyncBatch,
  SyncDifference,
  Comment,
  Session,
  Star,
  SyncRun,
  Tag,
  TagRevision,
  Team,
  TeamUser,
  User,
  WaitingConfig,
  Webhook,
  WebhookDelivery,
  WebhookHeader,
  WebhookTarget,
  WorkerRecord,
];
