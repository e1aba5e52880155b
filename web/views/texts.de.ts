import type { Translation } from '../i18n/translation.ts';
import type { texts as english } from './texts.ts';

export const texts: Translation<typeof english> = {
  'app.name': 'Gatehouse',
  'app.skip': 'Zum Inhalt springen',
  'app.menu': 'Menü',
  'app.main-navigation': 'Hauptnavigation',
  'app.sign-out': 'Abmelden',
  'app.zone': 'Zeiten sind die des Servers: {zone}.',
  'app.host-unknown': 'Server noch nicht gefragt',
  'nav.trust': 'Vertrauen',
  'nav.files': 'Dateien',
  'nav.network': 'Netzwerk',
  'nav.apps': 'Apps',
  'nav.system': 'System',
  'theme.label': 'Darstellung',
  'theme.light': 'Hell',
  'theme.dark': 'Dunkel',
  'theme.system': 'Wie das System',
  'table.filter': 'Filtern',
  'table.page': 'Seite {page} von {pages}',
  'table.newer': 'Zurück',
  'table.older': 'Weiter',
  'table.pages': 'Seiten',
  'figure.moment': 'weniger als eine Minute',
  'form.optional': 'freiwillig',
  stale:
    'Der Agent antwortet nicht ({why}). Dies hat er um {time} gesagt; bis er wieder da ist, lässt sich nichts ändern.',
  'stale.unknown':
    'Der Agent antwortet nicht ({why}), und noch ist nichts bekannt. Diese Seite geht wieder, wenn der Agent zurück ist.',
  'form.cancel': 'Abbrechen',
  'confirm.code': 'Einmalcode',
  'confirm.code.hint':
    'Aus Ihrer Authenticator-App. Nur der Server kann ihn prüfen, und er öffnet genau diese Schritte.',
  'confirm.self': 'Ihr jetziges Passwort',
  'confirm.self.hint':
    'Das bisherige auf dem Server und für Dateifreigaben, nicht das dieses Dashboards. Nur der Server kann es prüfen, und es öffnet genau diese Schritte.',
  'confirm.nothing': 'Hierfür ist kein Einmalcode nötig.',
  'confirm.host': 'Danach wartet es, bis jemand am Terminal des Servers es genehmigt, höchstens 30 Minuten.',
  'job.pause': 'Ausgabe anhalten',
  'job.go-on': 'Ausgabe fortsetzen',
  'error.400.title': 'Diese Anfrage war nicht zu lesen',
  'error.400.text': 'Der Browser hat etwas gesendet, das diese Seite nicht versteht. Es wurde nichts geändert.',
  'error.403.title': 'Diese Anfrage kam nicht von dieser Seite',
  'error.403.text':
    'Sie kam von anderswo, oder die Seite war zu lange offen. Es wurde nichts geändert. Öffnen Sie die Seite noch einmal und wiederholen Sie, was Sie getan haben.',
  'error.session.title': 'Sie sind nicht mehr angemeldet',
  'error.session.text':
    'Ihre Sitzung ist zu Ende. Es wurde nichts geändert. Melden Sie sich an und tun Sie es noch einmal.',
  'error.session.action': 'Anmelden',
  'error.another.title': 'Ihren Benutzer gibt es nicht mehr',
  'error.another.text':
    'Der Benutzer {login}, für den dieses Konto stand, wurde entfernt, und dieser Anmeldename gehört jetzt jemand anderem. Bitten Sie einen Administrator, neu zu wählen, für wen dieses Konto steht.',
  'error.role.title': 'Nicht für dieses Konto',
  'error.role.text':
    'Die Rolle Ihres Kontos öffnet diese Seite nicht. Wenn Sie sie brauchen, melden Sie sich mit einem anderen Konto an oder fragen Sie einen Administrator. Es wurde nichts geändert.',
  'error.404.title': 'Diese Seite gibt es nicht',
  'error.404.text':
    'Vielleicht ist die Adresse vertippt, oder es gibt nicht mehr, was sie nannte. Es wurde nichts geändert.',
  'error.405.title': 'So geht das nicht',
  'error.405.text': 'Diese Adresse nimmt keine Anfrage mit {method} an. Es wurde nichts geändert.',
  'error.413.title': 'Zu viel auf einmal',
  'error.413.text': 'Was gesendet wurde, ist größer, als ein Formular hier sein darf. Es wurde nichts geändert.',
  'error.415.title': 'Hier werden nur Formulare gelesen',
  'error.415.text': 'Diese Adresse nimmt an, was ein Formular sendet, und sonst nichts. Es wurde nichts geändert.',
  'error.422.title': 'Das ist nicht das Formular dieser Seite',
  'error.422.text':
    'Der Browser hat ein Feld gesendet, das dieses Formular nicht hat, eines weggelassen oder eines doppelt gesendet. Es wurde nichts geändert. Öffnen Sie die Seite neu, und füllen Sie sie noch einmal aus.',
  'error.422.action': 'Seite neu öffnen',
  'error.421.title': 'Gatehouse hat eine andere Adresse',
  'error.421.text':
    'Dieses Dashboard antwortet nur unter {origin}. Wenn Sie es anders erreichen, setzen Sie GATEHOUSE_ORIGIN auf die Adresse, die Sie verwenden, und starten Sie es neu.',
  'error.421.action': '{origin} öffnen',
  'error.429.title': 'Zu viele Versuche',
  'error.429.text': {
    one: 'Damit Raten langsam bleibt, wird {n} Minute lang kein Versuch mehr angenommen. Es wurde nichts geändert; versuchen Sie es danach wieder.',
    other:
      'Damit Raten langsam bleibt, wird {n} Minuten lang kein Versuch mehr angenommen. Es wurde nichts geändert; versuchen Sie es danach wieder.',
  },
  'error.429.action': 'Noch einmal versuchen',
  'error.500.title': 'Hier ist etwas schiefgegangen',
  'error.500.text':
    'Das Dashboard ist beim Erstellen dieser Seite gescheitert. Was der Server getan hat, steht im Audit-Log; was er nicht getan hat, steht dort nicht. Das Log des Dashboards sagt mehr unter {reference}.',
  'error.action': 'Zur Startseite',
};
