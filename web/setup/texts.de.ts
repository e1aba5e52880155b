import type { Translation } from '../i18n/translation.ts';
import type { texts as english } from './texts.ts';

export const texts: Translation<typeof english> = {
  'setup.title': 'Gatehouse einrichten',
  'setup.intro':
    'Legen Sie das Konto an, mit dem Sie sich anmelden. Es ist Administrator dieser Oberfläche und kein Benutzer des Servers.',
  'setup.submit': 'Einrichten und anmelden',
  'setup.done': 'Gatehouse ist eingerichtet, und Sie sind als {login} angemeldet.',
  'setup.token': 'Token zum Einrichten',
  'setup.token.title': 'Öffnen Sie den Link aus dem Terminal',
  'setup.token.text':
    'Beim Start gibt Gatehouse einen Link mit einem einmaligen Token aus. Öffnen Sie diesen Link, oder geben Sie das Token hier ein. Es beweist, dass Sie Gatehouse gestartet haben.',
  'setup.token.wrong':
    'Dieses Token ist nicht das ausgegebene, oder es ist älter als 15 Minuten. Starten Sie die Oberfläche neu, um ein neues zu erhalten.',
  'setup.token.submit': 'Weiter',
};
