import type { Translation } from '../i18n/translation.ts';
import type { texts as english } from './texts.ts';

export const texts: Translation<typeof english> = {
  'account.login': 'Anmeldename',
  'account.login.hint': 'Was beim Anmelden eingegeben wird, zum Beispiel jo.',
  'account.login.shape':
    'Ein Anmeldename hat 1 bis 32 Kleinbuchstaben, Ziffern, Punkte, Binde- oder Unterstriche und beginnt mit einem Buchstaben.',
  'account.name': 'Name',
  'account.name.missing': 'Geben Sie einen Namen ein.',
  'account.name.long': 'Ein Name hat höchstens {n} Zeichen.',
  'account.name.shape': 'Ein Name enthält nichts Unsichtbares wie Steuerzeichen.',
  'account.role': 'Rolle',
  'account.role.hint':
    'Ein Administrator darf alles. Ein Prüfer liest Audit-Log, Änderungen und Regeln. Ein Mitglied ändert das eigene Passwort und die eigenen Schlüssel.',
  'role.administrator': 'Administrator',
  'role.reviewer': 'Prüfer',
  'role.member': 'Mitglied',
  'account.user': 'Benutzer des Servers',
  'account.user.hint':
    'Wessen Passwort und Schlüssel dieses Konto ändern darf. Ein Mitglied steht für genau einen Benutzer.',
  'account.user.none': 'niemand',
  'account.password': 'Passwort',
  'account.password.hint':
    'Mindestens 12 Zeichen. Ein paar Wörter, die Sie sich merken, sind besser als Zeichen, die Sie vergessen.',
  'account.password.missing': 'Geben Sie ein Passwort ein.',
  'account.password.short': 'Ein Passwort hat mindestens {n} Zeichen. Mehrere Wörter ergeben ein gutes.',
  'account.password.long': 'Ein Passwort hat höchstens {n} Zeichen.',
  'account.password.login': 'Den Anmeldenamen als Passwort probiert jeder zuerst.',
  'account.repeat': 'Dasselbe Passwort noch einmal',
  'account.repeat.differs': 'Die beiden Passwörter sind verschieden. Geben Sie beide noch einmal ein.',

  'accounts.nav': 'Sicherheit',
  'accounts.about':
    'Wer sich an dieser Oberfläche anmelden darf, und als was. Konten sind keine Benutzer des Servers; das Konto eines Mitglieds steht für einen.',
  'accounts.heading': 'Konten',
  'accounts.search': 'Konto suchen',
  'accounts.any-role': 'Jede Rolle',
  'accounts.seen': 'Letzte Anmeldung',
  'accounts.never': 'nie',
  'accounts.you': 'Sie',
  'accounts.state': 'Zustand',
  'accounts.state.active': 'aktiv',
  'accounts.state.recovery': 'Wiederherstellung offen',
  'accounts.state.invited': 'eingeladen',
  'accounts.state.lapsed': 'Einladung abgelaufen',
  'accounts.found': { one: '{n} Konto von {all}', other: '{n} Konten von {all}' },
  'accounts.none-found': 'Kein Konto passt zu diesem Filter.',
  'accounts.show-all': 'Alle Konten zeigen',
  'accounts.make': 'Neues Konto',
  'accounts.make.about':
    'Sie erhalten einen Link für diese Person. Damit wählt sie ein eigenes Passwort, das sonst niemand je erfährt.',
  'accounts.make.submit': 'Konto und Link anlegen',
  'accounts.login.taken': 'Es gibt schon ein Konto {login}.',
  'accounts.meanwhile':
    'Jemand anderes hat im selben Moment etwas geändert; dieser Anmeldename oder Benutzer ist nun vergeben. Nichts wurde geändert.',
  'accounts.role.missing': 'Wählen Sie eine Rolle.',
  'accounts.role.own': 'Die eigene Rolle ändert niemand selbst. Ein anderer Administrator kann es.',
  'accounts.user.missing': 'Ein Mitglied steht für einen Benutzer des Servers. Wählen Sie, für wen.',
  'accounts.user.taken': 'Es gibt hier keinen Benutzer {user}, oder ein anderes Konto steht schon für ihn.',
  'accounts.user.former':
    'Der Benutzer {user}, für den dieses Konto stand, wurde entfernt, und dieser Anmeldename gehört jetzt jemand anderem. Wählen Sie, für wen es steht.',
  'accounts.user.away':
    'Der Server sagt im Moment nicht, welche Benutzer es gibt. Wählen Sie einen, wenn der Agent wieder da ist.',
  'accounts.facts': 'Anmeldung',
  'accounts.change': 'Name, Rolle und Benutzer',
  'accounts.change.submit': 'Speichern',
  'accounts.changed': 'Das Konto {login} wurde geändert.',
  'accounts.changed.ended':
    'Das Konto {login} wurde geändert. Seine Sitzungen wurden beendet; die Änderung gilt ab der nächsten Anmeldung.',
  'accounts.own':
    'Das ist Ihr eigenes Konto. Niemand setzt sich selbst zurück, stuft sich herab oder löscht sich, damit immer ein Administrator bleibt. Passwort und Sitzungen stehen auf Ihrer eigenen Seite.',
  'accounts.sessions.end': 'Alle Sitzungen beenden',
  'accounts.sessions.ended': {
    one: '{n} Sitzung von {login} wurde beendet.',
    other: '{n} Sitzungen von {login} wurden beendet.',
  },
  'accounts.invite': 'Neue Einladung',
  'accounts.invite.about': 'Der bisherige Link ist dann nichts mehr wert. Der neue gilt 24 Stunden.',
  'accounts.invite.reset':
    'Für jemanden, der das Passwort vergessen oder den zweiten Faktor verloren hat. Passwort, zweite Faktoren und alle Sitzungen dieses Kontos enden sofort; mit dem Link wählt die Person ein neues Passwort.',
  'accounts.invite.submit': 'Neuen Link anlegen',
  'accounts.link': 'Einladung',
  'accounts.link.about': 'Geben Sie diesen Link an {name}, auf einem Weg, den nur Sie beide lesen.',
  'accounts.link.once':
    'Er wird nur jetzt gezeigt, wirkt einmal und gilt 24 Stunden. Verloren? Auf der Seite des Kontos gibt es einen neuen.',
  'accounts.link.done': 'Fertig',
  'accounts.link.account': 'Konto {login}',
  'accounts.delete': 'Konto löschen',
  'accounts.delete.about':
    'Seine Sitzungen enden sofort. Was es getan hat, bleibt in der Liste der Änderungen und im Audit-Log. Kein Benutzer des Servers wird berührt.',
  'accounts.delete.label': 'Geben Sie {login} ein, um es zu löschen',
  'accounts.delete.differs': 'Das ist nicht der Anmeldename dieses Kontos.',
  'accounts.delete.submit': 'Konto löschen',
  'accounts.deleted': 'Das Konto {login} wurde gelöscht.',

  'session.heading': 'Sitzungen',
  'session.none': 'Nirgends angemeldet.',
  'session.unknown': 'Unbekannter Browser',
  'session.this': 'diese hier',
  'session.about': 'von {address}, seit {began}, zuletzt benutzt {seen}',
  'session.end': 'Beenden',
  'session.end.this': 'Die Sitzung von {browser} seit {began} beenden',
  'session.end.others': 'Alle anderen beenden',
  'session.end.all': 'Alle beenden, auch diese',

  'me.title': 'Mein Konto',
  'me.about': 'Sie sind als {login} angemeldet. Rolle: {role}.',
  'me.heading': 'Name und Sprache',
  'me.language': 'Sprache',
  'me.language.browser': 'Wie der Browser es wünscht',
  'me.submit': 'Speichern',
  'me.saved': 'Gespeichert.',
  'me.password': 'Passwort',
  'me.password.about': 'Wenn es sich ändert, enden alle Ihre Sitzungen, und diese beginnt neu.',
  'me.password.old': 'Jetziges Passwort',
  'me.password.new': 'Neues Passwort',
  'me.password.wrong': 'Das ist nicht Ihr Passwort. Nichts wurde geändert.',
  'me.password.submit': 'Passwort ändern',
  'me.password.changed': 'Ihr Passwort wurde geändert. Alle Ihre anderen Sitzungen wurden beendet.',
  'me.factors': 'Ein Passkey oder die Codes einer App, damit ein Passwort allein nichts öffnet.',
  'me.factors.open': 'Passkeys und Codes',
  'me.sessions.ended': { one: '{n} Sitzung wurde beendet.', other: '{n} Sitzungen wurden beendet.' },

  'enter.title': 'Passwort wählen',
  'enter.heading': 'Hallo, {name}',
  'enter.about.invitation':
    'Wählen Sie ein Passwort für {login}. Niemand sonst kennt es, und dieser Link wirkt nur einmal.',
  'enter.about.recovery':
    'Dieser Link wurde am Terminal des Servers angelegt. Mit dem neuen Passwort enden alle Sitzungen und zweiten Faktoren von {login}.',
  'enter.submit': 'Passwort setzen und anmelden',
  'enter.done.invitation': 'Willkommen. Sie sind als {login} angemeldet.',
  'enter.done.recovery':
    'Sie sind als {login} mit einem neuen Passwort angemeldet. Alle anderen Sitzungen wurden beendet, zweite Faktoren entfernt und Fehlversuche vergessen: Richten Sie wieder einen zweiten Faktor ein.',
  'enter.lapsed': 'Dieser Link gilt nicht mehr',
  'enter.lapsed.about':
    'Er wurde benutzt, ist zu alt, oder es gibt einen neueren. Nichts wurde geändert. Bitten Sie einen Administrator um einen neuen.',
  'enter.lapsed.action': 'Zur Anmeldung',
};
