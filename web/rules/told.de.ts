// The shipped rules in German, by their id: what each is for and, where it has one, its danger.
const login = 'Wer einen dieser Schlüssel hat, kann sich als dieser Benutzer anmelden.';
const password = 'Wer das neue Passwort kennt, kann sich als dieser Benutzer anmelden; das alte gilt nicht mehr.';

export const german: Readonly<Record<string, { why: string; danger?: string }>> = {
  'agent.status': { why: 'wie es dem Agenten geht, und die nächste Benutzernummer' },
  'agent.rules': { why: 'die geladenen Regeln, und wie oft jede benutzt wurde' },
  'agent.audit': { why: 'Einträge des Audit-Logs, der Reihe nach' },
  'host.now': { why: 'Last, Speicher, Platten, Temperaturen und Laufzeit des Servers' },
  'users.now': { why: 'die Benutzer, die Gatehouse verwaltet, die übrigen Konten des Servers, und der Papierkorb' },
  'groups.create': { why: 'eine Gruppe anlegen, in der noch niemand ist' },
  'groups.remove': {
    why: 'eine Gruppe entfernen, in der niemand ist',
    danger:
      'Dateien der Gruppe behalten deren Nummer, die keine andere Gruppe bekommt. Einer Gruppe, die später unter diesem Namen angelegt wird, gehören sie nicht.',
  },
  'groups.put-in': {
    why: 'einen Benutzer in eine Gruppe aufnehmen',
    danger: 'Von der nächsten Anmeldung an liest und ändert der Benutzer, was die Gruppe darf.',
  },
  'groups.take-out': { why: 'einen Benutzer aus einer Gruppe nehmen' },
  'host.name': {
    why: 'den Namen des Servers ändern',
    danger:
      'Wer den Server unter dem alten Namen erreicht, im Browser, über SSH oder für Dateien, findet ihn dort vielleicht nicht mehr. /etc/hosts bleibt, wie sie ist.',
  },
  'keys.write': { why: 'die SSH-Schlüssel festlegen, mit denen sich ein Benutzer anmeldet', danger: login },
  'keys.own': { why: 'die SSH-Schlüssel festlegen, die ein Benutzer selbst führt', danger: login },
  'keys.revoke': {
    why: 'die SSH-Schlüssel entfernen, die ein Benutzer selbst führt',
    danger:
      'Wer sich mit diesen Schlüsseln anmeldet, kann es nicht mehr. Wer das Passwort des Benutzers kennt, kann neue setzen.',
  },
  'users.create': { why: 'ein Benutzerkonto und seinen persönlichen Ordner anlegen' },
  'users.rename': { why: 'den angezeigten Namen ändern' },
  'users.password': { why: 'das Passwort eines Benutzers aus seinem Hash setzen', danger: password },
  'users.samba-password': { why: 'das Passwort eines Benutzers für Freigaben setzen' },
  'users.samba-remove': { why: 'den Zugang eines Benutzers zu Freigaben beenden' },
  'users.samba-off': { why: 'einen Benutzer von den Freigaben aussperren; das Passwort bleibt' },
  'users.samba-on': { why: 'einen Benutzer mit seinem bisherigen Passwort wieder zu den Freigaben lassen' },
  'users.shell': {
    why: 'einem Benutzer eine Shell zum Anmelden geben oder nehmen',
    danger:
      'Mit einer Shell führt ein Benutzer Programme auf diesem Server aus und liest, was jeder Benutzer lesen darf. Ohne sie lässt SSH ihn zu nichts herein.',
  },
  'users.lock': { why: 'einen Benutzer aussperren, sodass ihn kein Passwort und kein Schlüssel hereinlässt' },
  'users.unlock': {
    why: 'einen gesperrten Benutzer wieder hereinlassen; ein gesperrtes Passwort bleibt gesperrt, bis ein neues gesetzt ist',
  },
  'users.unlock-password': { why: 'einen gesperrten Benutzer mit seinem bisherigen Passwort wieder hereinlassen' },
  'users.end-sessions': { why: 'alles beenden, was ein Benutzer laufen hat' },
  'users.trash': {
    why: 'den persönlichen Ordner und die Schlüssel eines Benutzers in den Papierkorb des Servers legen, wo nur root sie liest',
  },
  'users.remove': {
    why: 'das Konto eines Benutzers entfernen; sein persönlicher Ordner bleibt oder liegt im Papierkorb',
  },
  'users.put-back': {
    why: 'einen gelöschten Benutzer zurückholen, mit derselben Nummer und dem Ordner aus dem Papierkorb',
  },
  'users.empty': {
    why: 'vernichten, was der Papierkorb von einem gelöschten Benutzer aufhebt',
    danger: 'Der persönliche Ordner dieses Benutzers wird endgültig vernichtet.',
  },
  'users.list': { why: 'die Konten des Servers auflisten' },
  'users.groups': { why: 'die Gruppen des Servers auflisten' },
  'users.own-password': { why: 'das eigene Passwort aus seinem Hash setzen', danger: password },
  'users.own-samba-password': { why: 'das eigene Passwort für Freigaben setzen, wo sie einen schon hereinlassen' },
  'users.make-administrator': {
    why: 'einen Benutzer zum Administrator des Servers machen, der mit sudo alles darf',
    danger:
      'Von da an kann dieses Konto auf dem Server alles, und Gatehouse erreicht es nicht mehr. Sein Passwort, seine Schlüssel und sein Zugang zu Freigaben enden zuvor.',
  },
  'users.take-over': {
    why: 'ein Konto, das eine andere Hand angelegt hat, von nun an als Benutzer von Gatehouse übernehmen',
    danger: 'Von da an erreicht das Dashboard dieses Konto wie jeden Benutzer, Passwort und Schlüssel eingeschlossen.',
  },
};
