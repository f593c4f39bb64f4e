import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn, type Relation } from 'typeorm';
import { Deletion } from './deletion.entity.js';

/** waiting, or what became of it: removed and absent are gone; the others are still there. */
export const ITEM_STATES = [
  'waiting',
  'removed',
  'absent',
  'moved',
  'shared',
  'left',
  'protected',
  'disabled',
  'unclear',
  'failed',
] as const;
export type ItemState = (typeof ITEM_STATES)[number];

/** One tag, or (without a tag) one whole repository, of a deletion. */
@Entity('deletion_items')
@Index('deletion_items_deletion_idx', ['deletionId', 'id'])
@Index('deletion_items_waiting_idx', ['deletionId', 'id'], { where: `"state" = 'waiting'` })
export class DeletionItem {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'BY DEFAULT' })
  id!: string;

  @Column({ name: 'deletion_id', type: 'integer' })
  deletionId!: number;

  @ManyToOne(() => Deletion, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'deletion_id', foreignKeyConstraintName: 'deletion_items_deletion_fk' })
  deletion?: Relation<Deletion>;

  @Column({ name: 'registry_id', type: 'integer' })
  registryId!: number;

  /** Of the repository. */
  @Column({ name: 'full_name', type: 'text' })
  fullName!: string;

  @Column({ type: 'text', nullable: true })
  tag!: string | null;

  /** The digest that is meant; a tag that has another one by then stays. */
  @Column({ type: 'text', nullable: true })
  digest!: string | null;

  /** Of a retention: the rule that drops it. */
  @Column({ type: 'text', nullable: true })
  because!: string | null;

  @Column({ type: 'text', default: 'waiting' })
  state!: ItemState;

  /** The registry was, or is about to be, asked for it: if it is absent then, it was us. */
  @Column({ type: 'boolean', default: false })
  begun!: boolean;

  @Column({ type: 'text', nullable: true })
  reason!: string | null;
}
