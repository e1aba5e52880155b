import type { Translation } from '../i18n/translation.ts';
import type { texts as english } from './texts.ts';

export const texts: Translation<typeof english> = {
  'signin.title': 'Anmelden',
  'signin.submit': 'Anmelden',
  'signin.passkey': 'Mit Passkey anmelden',
  'signin.login.missing': 'Geben Sie Ihren Anmeldenamen ein.',
  'signin.wrong': 'Anmeldename und Passwort gehören nicht zusammen. Prüfen Sie beide.',
  'signin.ended': 'Sie sind abgemeldet.',
  'signin.late': 'Das dauerte länger als fünf Minuten oder begann anderswo. Melden Sie sich noch einmal an.',
  'signin.second.title': 'Noch ein Schritt',
  'signin.second.app': 'Ihr Passwort war richtig. Bestätigen Sie es jetzt mit Ihrer Authenticator-App.',
  'signin.second.passkey':
    'Ihr Passwort war richtig. Benutzen Sie jetzt Ihren Passkey oder einen Ihrer Wiederherstellungscodes.',
  'signin.code': 'Code',
  'signin.code.hint': 'Sechs Ziffern aus Ihrer App oder einer Ihrer Wiederherstellungscodes.',
  'signin.code.recovery': 'Wiederherstellungscode',
  'signin.code.missing': 'Geben Sie einen Code ein.',
  'signin.code.wrong':
    'Dieser Code ist falsch oder wurde schon benutzt. Warten Sie auf den nächsten oder nehmen Sie einen anderen.',
  'signin.recovered': {
    one: 'Sie haben sich mit einem Wiederherstellungscode angemeldet. Es bleibt {n}; richten Sie Ihren zweiten Faktor neu ein oder erzeugen Sie neue Codes.',
    other:
      'Sie haben sich mit einem Wiederherstellungscode angemeldet. Es bleiben {n}; richten Sie Ihren zweiten Faktor neu ein oder erzeugen Sie neue Codes.',
  },
  'signin.other': 'Als jemand anderes anmelden',
  'prove.title': 'Sind Sie es noch?',
  'prove.text':
    'Was jetzt kommt, soll niemand anderes tun. Weisen Sie nach, dass Sie es sind; das gilt für zehn Minuten.',
  'prove.submit': 'Weiter',
  'prove.code': 'Oder der Code aus Ihrer Authenticator-App',
  'prove.code.submit': 'Weiter mit dem Code',
  'prove.password.wrong': 'Das ist nicht das Passwort dieses Kontos. Prüfen Sie es und geben Sie es noch einmal ein.',
  'prove.code.wrong': 'Dieser Code ist falsch oder wurde schon benutzt. Warten Sie auf den nächsten.',
  'prove.back': 'Zurück zum Anfang',
};
