import { Alert, Button, Checkbox, Select, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Answered } from '../../../../../libs/client/src/client.js';
import { answer, api } from '../../api/client.js';
import { useChange } from '../../api/queries.js';
import { ErrorBox } from '../../parts/error-box.js';
import { FormModal } from '../../parts/form-modal.js';

type Registry = Answered<'Registry'>;

const STRATEGIES = ['default', 'initial', 'on-start', 'update', 'update-delete'] as const;

/** A registry that is new (null), or changed. */
export function RegistryForm({ of, onClose }: { of: Registry | null; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const form = useForm({
    initialValues: {
      name: of?.name ?? '',
      hostname: of?.hostname ?? '',
      external: of?.external_hostname ?? '',
      tls: of?.use_ssl ?? true,
      strategy: of?.sync_strategy ?? 'default',
      force: false,
    },
  });
  const save = useChange((values: typeof form.values) => send(of, values), [['registries']]);
  const submit = form.onSubmit((values) =>
    save.mutate(values, {
      onSuccess: ({ id }) => {
        onClose();
        if (of === null) void navigate({ to: `/admin/registries/${id}` });
      },
    }),
  );
  return (
    <FormModal
      title={of === null ? t('registries.new') : of.name}
      act={of === null ? t('create') : t('save')}
      opened
      change={save}
      onClose={onClose}
      onSubmit={submit}
    >
      <TextInput label={t('registries.name')} required data-autofocus {...form.getInputProps('name')} />
      <TextInput
        label={t('registries.hostname')}
        description={t('registries.hostnameHint')}
        required
        spellCheck={false}
        {...form.getInputProps('hostname')}
      />
      <Checkbox label={t('registries.tls')} {...form.getInputProps('tls', { type: 'checkbox' })} />
      <TextInput
        label={t('registries.external')}
        description={t('registries.externalHint')}
        spellCheck={false}
        {...form.getInputProps('external')}
      />
      <Select
        label={t('registries.strategy')}
        data={STRATEGIES.map((value) => ({ value, label: t(`registries.strategies.${value}`) }))}
        allowDeselect={false}
        {...form.getInputProps('strategy')}
      />
      <Check hostname={form.values.hostname} tls={form.values.tls} known={of} />
      <Checkbox label={t('registries.force')} {...form.getInputProps('force', { type: 'checkbox' })} />
    </FormModal>
  );
}

interface Values {
  name: string;
  hostname: string;
  external: string;
  tls: boolean;
  strategy: string;
  force: boolean;
}

function send(of: Registry | null, { name, hostname, external, tls, strategy, force }: Values) {
  const registry = {
    name,
    hostname,
    external_hostname: external === '' ? null : external,
    use_ssl: tls,
    sync_strategy: strategy === 'default' ? null : (strategy as NonNullable<Registry['sync_strategy']>),
  };
  if (of === null) return api.POST('/api/v1/registries', { body: { registry, force } });
  return api.PUT('/api/v1/registries/{id}', { params: { path: { id: of.id } }, body: { registry, force } });
}

/** Whether a registry answers at the address, before it is saved. */
function Check({ hostname, tls, known }: { hostname: string; tls: boolean; known: Registry | null }) {
  const { t } = useTranslation();
  const check = useMutation({
    mutationFn: async (): Promise<string | null> => {
      // The address of one that is known is "taken": it is asked itself.
      if (known !== null && known.hostname === hostname && known.use_ssl === tls) {
        const params = { path: { id: known.id } };
        return (await answer(api.GET('/api/v1/registries/{id}/reachability', { params }))).message;
      }
      const query = { hostname, use_ssl: tls, only: ['hostname' as const] };
      const { messages } = await answer(api.GET('/api/v1/registries/validate', { params: { query } }));
      return messages['hostname']?.join('; ') ?? null;
    },
  });
  return (
    <>
      <Button variant="default" loading={check.isPending} disabled={hostname === ''} onClick={() => check.mutate()}>
        {t('registries.check')}
      </Button>
      {check.error && <ErrorBox error={check.error} />}
      {check.data === null && <Alert color="teal" role="status" title={t('registries.reachable')} />}
      {typeof check.data === 'string' && <Alert color="orange" role="status" title={check.data} />}
    </>
  );
}
