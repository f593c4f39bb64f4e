import { Select, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useChange } from '../../api/queries.js';
import { FormModal } from '../../parts/form-modal.js';

/** A namespace in which a risk may be accepted. */
export interface RiskPlace {
  id: number;
  name: string;
}

const DAYS = [7, 30, 90, 365] as const;
const NEVER = 'never';
const EVERYWHERE = 'everywhere';

interface Props {
  /** Where this person may accept it; null: everywhere. At least one. */
  places: readonly (RiskPlace | null)[];
  /** What it is about; null: to be entered. */
  of: { vulnerability: string; package: string } | null;
  onClose: () => void;
}

/** Decides to live with a vulnerability: where, why, and for how long. */
export function AcceptRisk({ places, of, onClose }: Props) {
  const { t } = useTranslation();
  const keyOf = (place: RiskPlace | null) => (place === null ? EVERYWHERE : String(place.id));
  const form = useForm({
    initialValues: {
      vulnerability: of?.vulnerability ?? '',
      package: of?.package ?? '',
      reason: '',
      until: String(DAYS[1]),
      where: keyOf(places[0] ?? null),
    },
  });
  const accept = useChange((values: Values) => send(values), [['risks'], ['tags']]);
  return (
    <FormModal
      title={of === null ? t('risks.add') : t('risks.acceptThis', { name: of.vulnerability })}
      act={t('risks.accept')}
      opened
      change={accept}
      onClose={onClose}
      onSubmit={form.onSubmit((values) => accept.mutate(values, { onSuccess: onClose }))}
    >
      <TextInput
        label={t('risks.vulnerability')}
        description={t('scans.cveHint')}
        required
        spellCheck={false}
        maxLength={256}
        {...form.getInputProps('vulnerability')}
      />
      <TextInput
        label={t('risks.package')}
        description={t('risks.packageHint')}
        spellCheck={false}
        maxLength={256}
        {...form.getInputProps('package')}
      />
      <Textarea
        label={t('risks.reason')}
        description={t('risks.reasonHint')}
        required
        autosize
        minRows={2}
        maxLength={2_000}
        data-autofocus
        {...form.getInputProps('reason')}
      />
      <Select
        label={t('risks.until')}
        data={[
          ...DAYS.map((count) => ({ value: String(count), label: t('risks.days', { count }) })),
          { value: NEVER, label: t('risks.never') },
        ]}
        allowDeselect={false}
        {...form.getInputProps('until')}
      />
      {places.length > 1 && (
        <Select
          label={t('risks.where')}
          data={places.map((place) => ({
            value: keyOf(place),
            label: place === null ? t('risks.everywhere') : t('risks.inNamespace', { name: place.name }),
          }))}
          allowDeselect={false}
          {...form.getInputProps('where')}
        />
      )}
    </FormModal>
  );
}

interface Values {
  vulnerability: string;
  package: string;
  reason: string;
  until: string;
  where: string;
}

function send({ vulnerability, package: name, reason, until, where }: Values) {
  const body = {
    vulnerability,
    package: name.trim() === '' ? null : name,
    reason,
    expires_at: until === NEVER ? null : new Date(Date.now() + Number(until) * 86_400_000).toISOString(),
  };
  if (where === EVERYWHERE) return api.POST('/api/v1/accepted_risks', { body });
  return api.POST('/api/v1/namespaces/{id}/accepted_risks', { params: { path: { id: Number(where) } }, body });
}
