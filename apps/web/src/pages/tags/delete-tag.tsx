import { useNavigate } from '@tanstack/react-router';
import type { Answered } from '../../../../../libs/client/src/client.js';
import { api } from '../../api/client.js';
import { useOne } from '../../api/queries.js';
import { DeleteTags } from '../repositories/delete-tags.js';

/** Deletes the tag that is looked at, for those who may, and leads back to the others of its repository. */
export function DeleteTag({ of: { id, repository } }: { of: Answered<'Tag'> }) {
  const navigate = useNavigate();
  const { data } = useOne(['repositories', repository.id], (signal) =>
    api.GET('/api/v1/repositories/{id}', { params: { path: { id: repository.id } }, signal }),
  );
  if (!data?.destroyable) return null;
  const leave = () => void navigate({ to: '/repositories/$id', params: { id: String(repository.id) } });
  return <DeleteTags repository={repository.id} tags={[id]} onDone={leave} />;
}
