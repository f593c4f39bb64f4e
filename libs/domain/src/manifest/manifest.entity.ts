import {
  Column,
  CreateDateColumn,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryGeneratedColumn,
  type Relation,
} from 'typeorm';
import { Repository } from '../repository/repository.entity.js';

/** A manifest of a repository: image, index, list or artifact. Immutable, because its digest names its bytes. */
@Entity('manifests')
@Index('manifests_repository_digest_key', ['repositoryId', 'digest'], { unique: true })
@Index('manifests_digest_idx', ['digest'])
@Index('manifests_subject_idx', ['repositoryId', 'subjectDigest'], { where: '"subject_digest" IS NOT NULL' })
export class Manifest {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'BY DEFAULT' })
  id!: string;

  @Column({ name: 'repository_id', type: 'integer' })
  repositoryId!: number;

  @ManyToOne(() => Repository, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'repository_id', foreignKeyConstraintName: 'manifests_repository_fk' })
  repository?: Relation<Repository>;

  @Column({ type: 'text' })
  digest!: string;

  @Column({ name: 'media_type', type: 'text' })
  mediaType!: string;

  @Column({ name: 'artifact_type', type: 'text', nullable: true })
  artifactType!: string | null;

  @Column({ name: 'config_media_type', type: 'text', nullable: true })
  configMediaType!: string | null;

  /** Digest of the config blob: the image id. */
  @Column({ name: 'config_digest', type: 'text', nullable: true })
  configDigest!: string | null;

  /** Bytes of the config and the layers; of an index, of all its children. */
  @Column({ type: 'bigint' })
  size!: string;

  /** Bytes of the manifest itself. */
  @Column({ name: 'manifest_size', type: 'integer' })
  manifestSize!: number;

  @Column({ type: 'text', nullable: true })
  os!: string | null;

  @Column({ type: 'text', nullable: true })
  architecture!: string | null;

  @Column({ type: 'text', nullable: true })
  variant!: string | null;

  /** When the image was built, by its own config. */
  @Column({ name: 'built_at', type: 'timestamptz', nullable: true })
  builtAt!: Date | null;

  @Column({ type: 'jsonb', default: {} })
  labels!: Record<string, string>;

  @Column({ type: 'jsonb', default: {} })
  annotations!: Record<string, string>;

  /** The manifest that this one refers to (OCI image spec 1.1, `subject`). */
  @Column({ name: 'subject_digest', type: 'text', nullable: true })
  subjectDigest!: string | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  /** When its deletion was announced and the registry denied it; null while it is there. The facts stay for the history. */
  @Column({ name: 'gone_at', type: 'timestamptz', nullable: true })
  goneAt!: Date | null;
}
