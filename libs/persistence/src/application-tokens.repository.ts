import { ApplicationToken } from '#domain/user/application-token.entity.js';
import { User } from '#domain/user/user.entity.js';
import type { Database } from './database.js';

export class ApplicationTokensRepository {
  constructor(private readonly database: Database) {}

  private get tokens() {
    return this.database.dataSource.getRepository(ApplicationToken);
  }

  async ofUser(userId: number): Promise<ApplicationToken[]> {
    return this.tokens.find({ where: { userId }, order: { id: 'ASC' }, take: 1000 });
  }

  async find(id: number): Promise<(ApplicationToken & { user: User }) | null> {
    return (await this.tokens.findOne({ where: { id }, relations: { user: true } })) as
      (ApplicationToken & { user: User }) | null;
  }

  /** Unique violations (the name is taken) come up as they are. */
  async create(userId: number, application: string, tokenHash: Buffer): Promise<ApplicationToken> {
    return this.tokens.save(this.tokens.create({ userId, application, tokenHash }));
  }

  async delete(id: number): Promise<void> {
    await this.tokens.delete({ id });
  }

  /** The user of a token, found by its hash; null when there is none. */
  async userOf(tokenHash: Buffer): Promise<User | null> {
    const token = await this.tokens.findOne({ where: { tokenHash }, relations: { user: true } });
    return token?.user ?? null;
  }
}
