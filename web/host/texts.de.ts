import type { Translation } from '../i18n/translation.ts';
import type { texts as english } from './texts.ts';

export const texts: Translation<typeof english> = {
  'host.nav': 'Servername',
  'host.about': 'Wie dieser Server heißt, bei sich selbst und im Netz.',
  'host.not-now':
    'Der Agent antwortet nicht ({why}), daher lässt sich jetzt nichts ändern. Nichts wurde geändert; versuchen Sie es noch einmal, wenn er wieder da ist.',
  'host.name.now': 'Er heißt',
  'host.name.label': 'Neuer Name',
  'host.name.hint': 'Buchstaben, Ziffern und Striche, etwa attic; Teile eines längeren Namens mit Punkten dazwischen.',
  'host.name.shape':
    'Ein Name besteht aus Buchstaben (a bis z), Ziffern und Strichen, höchstens 63 zwischen zwei Punkten und 64 im Ganzen, mit einem Strich weder am Anfang noch am Ende. Er ist keine Adresse und nicht localhost.',
  'host.name.same': 'Der Server heißt schon so.',
  'host.rename.heading': 'Der Name',
  'host.rename.action': 'Namen ändern',
  'host.rename.title': 'Den Server {name} nennen',
  'host.rename.step': 'Den Namen {name} setzen',
  'host.after.heading': 'Danach',
  'host.after.here':
    'Der neue Name steht hier, oben auf jeder Seite und auf dem Server in /etc/hostname. Eine offene Shell zeigt den alten bis zur nächsten Anmeldung.',
  'host.after.others':
    'Programme, die beim Start nach dem Namen fragten, wie Samba, benutzen den alten, bis sie neu gestartet werden. Ein Router erfährt den neuen, wenn der Server ihn das nächste Mal um eine Adresse bittet.',
  'host.after.dashboard':
    'Diese Oberfläche antwortet nur unter {origin}. Wo darin der alte Name steht, setzen Sie auf dem Server GATEHOUSE_ORIGIN auf den neuen und starten Sie die Oberfläche neu.',
  'host.after.hosts':
    'Die Datei /etc/hosts bleibt, wie sie ist. Wo eine Zeile darin den alten Namen enthält, fügen Sie dort den neuen von Hand hinzu; bis dahin meldet sudo, dass es ihn nicht auflösen kann.',
};
