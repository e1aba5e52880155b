import type { Translation } from '../i18n/translation.ts';
import type { texts as english } from './texts.ts';

export const texts: Translation<typeof english> = {
  'factors.title': 'Zweite Faktoren',
  'factors.about':
    'Wer Ihr Passwort errät oder stiehlt, kann sich ohne einen davon trotzdem nicht anmelden. Sie gelten für dieses Dashboard; der Einmalcode des Besitzers für den Server ist etwas anderes.',
  'factors.back': 'Mein Konto',
  'factors.on': 'an',
  'factors.off': 'nicht eingerichtet',
  'factors.never': 'nie',
  'factors.remove': 'Entfernen',
  'factors.passkeys': 'Passkeys',
  'factors.passkeys.about':
    'Ein Passkey liegt in Ihrem Gerät, Passwortmanager oder Sicherheitsschlüssel und fragt nach Finger, Gesicht oder PIN. Er meldet allein oder nach dem Passwort an und gilt nur hier.',
  'factors.passkey.name': 'Name des Passkeys',
  'factors.passkey.hint': 'Zum Beispiel das Gerät, in dem er liegt.',
  'factors.passkey.add': 'Passkey hinzufügen',
  'factors.passkey.added': 'Der Passkey {name} wurde hinzugefügt.',
  'factors.passkey.remove': 'Passkey {name} entfernen',
  'factors.passkey.removed':
    'Der Passkey {name} wurde entfernt. Er meldet nicht mehr an; Ihr Gerät zeigt ihn vielleicht noch, bis Sie ihn dort löschen.',
  'factors.passkey.refused':
    'Dieser Passkey wurde nicht hinzugefügt. Versuchen Sie es noch einmal; er muss binnen fünf Minuten antworten.',
  'factors.passkey.about': 'Hinzugefügt {made}, zuletzt benutzt: {used}',
  'factors.passkey.none':
    'Um einen Passkey hinzuzufügen, muss dieser Browser sie kennen und die Skripte dieser Seite ausführen.',
  'factors.passkey.origin':
    'Browser kennen Passkeys nur für einen Namen unter https. Dieses Dashboard ist unter {origin} zu erreichen; setzen Sie GATEHOUSE_ORIGIN auf einen Namen wie https://nas.example, um sie zu nutzen.',
  'factors.app': 'Authenticator-App',
  'factors.app.about':
    'Eine App auf Ihrem Telefon zeigt sechs Ziffern, die alle 30 Sekunden wechseln. Sie braucht kein Netz.',
  'factors.app.since': 'Eingerichtet am {at}.',
  'factors.app.start': 'App einrichten',
  'factors.app.anew': 'Andere App einrichten',
  'factors.app.remove': 'App entfernen',
  'factors.app.removed': 'Die Authenticator-App wurde entfernt. Ihre Codes gelten nicht mehr.',
  'factors.app.added': 'Die Authenticator-App ist eingerichtet. Ab jetzt wird beim Anmelden nach ihrem Code gefragt.',
  'factors.app.scan': 'Scannen Sie dies mit Ihrer Authenticator-App und tippen Sie dann den Code ein, den sie zeigt.',
  'factors.app.qr': 'QR-Code mit dem Geheimnis, das darunter steht',
  'factors.app.secret': 'Oder tippen Sie dieses Geheimnis ein',
  'factors.app.open': 'In einer App auf diesem Gerät öffnen',
  'factors.app.submit': 'Fertigstellen',
  'factors.code': 'Code aus der App',
  'factors.code.hint': 'Sechs Ziffern.',
  'factors.code.missing': 'Geben Sie den Code ein, den die App zeigt.',
  'factors.code.wrong':
    'Das ist nicht der Code zu diesem Geheimnis. Warten Sie auf den nächsten; bleibt er falsch, prüfen Sie die Uhr Ihres Telefons.',
  'factors.codes': 'Wiederherstellungscodes',
  'factors.codes.about':
    'Jeder meldet einmal an, anstelle eines verlorenen zweiten Faktors. Neue Codes machen die alten wertlos.',
  'factors.codes.left': { one: 'noch {n}', other: 'noch {n}' },
  'factors.codes.make': 'Neue Codes erzeugen',
  'factors.codes.made': 'Das sind Ihre neuen Wiederherstellungscodes. Die alten gelten nicht mehr.',
  'factors.codes.keep':
    'Wenn Sie Ihren zweiten Faktor verlieren, meldet jeder dieser Codes nach dem Passwort einmal an.',
  'factors.codes.once':
    'Sie werden nur dieses eine Mal gezeigt. Drucken Sie sie aus oder schreiben Sie sie ab, und bewahren Sie sie getrennt von Ihren Geräten auf.',
  'factors.codes.done': 'Ich habe sie aufbewahrt',
  'passkey.use': 'Passkey benutzen',
  'passkey.unused': 'Es wurde kein Passkey benutzt: Es wurde abgebrochen, oder hier liegt keiner für dieses Dashboard.',
  'passkey.wrong':
    'Dieser Passkey wurde nicht angenommen. Vielleicht wurde er entfernt, oder die Antwort kam zu spät. Versuchen Sie es noch einmal.',
};
