import { Alert, Button, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/api-error.js';

/** An error in words: what happened, what to do, and the id under which the log tells more. */
export function ErrorBox({ error, onRetry }: { error: Error; onRetry?: () => void }) {
  const { t } = useTranslation();
  const hint = hintOf(error);
  return (
    <Alert
      color="red"
      variant="light"
      icon={<IconAlertTriangle aria-hidden />}
      title={useErrorText(error)}
      role="alert"
    >
      <Stack gap="xs" align="flex-start">
        {hint && <Text size="sm">{t(hint)}</Text>}
        {error instanceof ApiError && error.requestId && (
          <Text size="xs">
            {t('errors.requestId')} <code>{error.requestId}</code>
          </Text>
        )}
        {onRetry && (
          <Button size="xs" variant="default" onClick={onRetry}>
            {t('errors.retry')}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

/** What the api said; of an api that cannot be reached, that. */
export function useErrorText(error: Error): string {
  const { t } = useTranslation();
  if (error instanceof ApiError && error.status === 0) return t('errors.unreachable');
  return error.message || t('errors.title');
}

function hintOf(error: Error) {
  if (!(error instanceof ApiError)) return null;
  if (error.status === 0) return 'errors.hints.unreachable' as const;
  if (error.status === 403) return 'errors.hints.forbidden' as const;
  if (error.status === 404) return 'errors.hints.missing' as const;
  if (error.status === 400 || error.status === 422) return 'errors.hints.invalid' as const;
  if (error.status === 409) return 'errors.hints.conflict' as const;
  if (error.status === 412) return 'errors.hints.stale' as const;
  if (error.status === 429) return 'errors.hints.slowDown' as const;
  if (error.status >= 500) return 'errors.hints.broken' as const;
  return null;
}
