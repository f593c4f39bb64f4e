import { InitialSchema1795200000000 } from './1795200000000-initial-schema.js';
import { LoginFailures1795222800000 } from './1795222800000-login-failures.js';

/** All migrations, oldest first. One that has landed is never edited. */
export const MIGRATIONS = [InitialSchema1795200000000, LoginFailures1795222800000];
