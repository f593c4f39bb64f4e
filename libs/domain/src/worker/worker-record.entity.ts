import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { BackgroundTask } from './background-tasks.js';

/** A worker process, as it tells it of itself every few seconds. */
@Entity('workers')
export class WorkerRecord {
  /** Made at its start. */
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'workers_pkey' })
  id!: string;

  /** host:pid, for people. */
  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text' })
  version!: string;

  /** What it does; the others are switched off in its environment. */
  @Column({ type: 'text', array: true })
  tasks!: BackgroundTask[];

  @Column({ name: 'started_at', type: 'timestamptz', default: () => 'now()' })
  startedAt!: Date;

  /** By the clock of the database. */
  @Column({ name: 'seen_at', type: 'timestamptz', default: () => 'now()' })
  seenAt!: Date;

  /** When it ended in order; null: it is alive, or died. */
  @Column({ name: 'stopped_at', type: 'timestamptz', nullable: true })
  stoppedAt!: Date | null;
}
