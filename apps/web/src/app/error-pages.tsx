import { Button, Container, Stack, Title } from '@mantine/core';
import { Link, type ErrorComponentProps } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { ErrorBox } from '../parts/error-box.js';

/** An address that is none. */
export function NotFoundPage() {
  const { t } = useTranslation();
  return (
    <Container size="sm" py="xl">
      <Stack>
        <Title order={1}>{t('errors.noPage')}</Title>
        <Button component={Link} to="/" w="fit-content">
          {t('errors.toStart')}
        </Button>
      </Stack>
    </Container>
  );
}

/** A page that could not be shown at all. */
export function ErrorPage({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation();
  return (
    <Container size="sm" py="xl">
      <Stack>
        <Title order={1}>{t('errors.title')}</Title>
        <ErrorBox error={error instanceof Error ? error : new Error(String(error))} onRetry={reset} />
      </Stack>
    </Container>
  );
}
