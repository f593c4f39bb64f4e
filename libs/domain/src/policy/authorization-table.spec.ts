import { expect, it } from 'vitest';
import { authorizationTable } from './authorization-table.js';

const DOCUMENT = '../../../../docs/authorization.md';

/** `npm run gen` writes it, `npx vitest run --project unit authorization-table -u` too. */
it('docs/authorization.md says what the policy decides: who, visibility, action, setting', async () => {
  await expect(authorizationTable()).toMatchFileSnapshot(DOCUMENT);
});
