import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { en } from './en/en.js';

const KEPT = 'portus.language';
/** English is always there; another language is loaded when it is wanted. */
export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof LANGUAGES;

void i18next.use(initReactI18next).init({
  lng: 'en',
  fallbackLng: 'en',
  resources: { en: { translation: en } },
  interpolation: { escapeValue: false },
});
void useLanguage(wanted());

/** Speaks this language from now on, also after a reload. */
export async function chooseLanguage(language: Language): Promise<void> {
  localStorage.setItem(KEPT, language);
  await useLanguage(language);
}

export function currentLanguage(): Language {
  return i18next.language === 'de' ? 'de' : 'en';
}

async function useLanguage(language: Language): Promise<void> {
  if (language === 'de') i18next.addResourceBundle('de', 'translation', (await import('./de/de.js')).de);
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

function wanted(): Language {
  const kept = localStorage.getItem(KEPT) ?? navigator.language;
  return kept.startsWith('de') ? 'de' : 'en';
}
