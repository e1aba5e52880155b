import type { Translation } from '../i18n/translation.ts';
import type { texts as english } from './texts.ts';

export const texts: Translation<typeof english> = {
  'own.nav': 'Mein Benutzer',
  'own.about':
    'Ihr Benutzer {login} auf diesem Server: damit melden Sie sich an den Dateifreigaben an und, wo das erlaubt ist, per SSH.',
  'own.gone': 'Der Benutzer {login} wird hier nicht mehr verwaltet; auf dieser Seite lässt sich nichts ändern.',
  'own.password.about':
    'Setzt Ihr Passwort für den Server und die Dateifreigaben zugleich. Bevor etwas geschieht, werden Sie nach dem alten gefragt.',
  'own.no-password':
    'Sie haben noch kein Passwort und können deshalb nicht zeigen, dass Sie es sind. Bitten Sie einen Administrator, das erste zu setzen.',
  'own.keys': 'Ihre SSH-Schlüssel',
  'own.keys.none': 'Sie haben selbst keinen Schlüssel gesetzt.',
  'own.given-keys': 'Schlüssel, die ein Administrator gesetzt hat',
  'own.given-keys.about': 'Auch diese lassen Sie ein. Nur ein Administrator ändert sie.',
  'own.given-keys.none': 'Keine.',
};
