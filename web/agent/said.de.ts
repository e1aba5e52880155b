// What the agent says, in German: its sentences as it composes them. A {slot} that is named like a kind of phrases below is said by one
// of them, any other holds a value, which stays as it is; a number at its end only tells two of a kind apart. The first that fits is taken.

/** By kind: each English template and its German one. */
export const german: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  sentence: {
    // The rules (allowlist/)
    'No rule allows the program {cmd}.': 'Keine Regel erlaubt das Programm {cmd}.',
    'Two rules match, {rule} and {other}; neither is taken.':
      'Zwei Regeln passen, {rule} und {other}; keine von beiden wird genommen.',
    'Argument {n} of {cmd}, {given}, must be {expected}.':
      'Argument {n} von {cmd} ist {given}; erlaubt ist {expected}.',
    '{cmd} has {n} arguments here; a rule allows it with exactly {counts}.':
      '{cmd} hat hier {n} Argument(e); eine Regel erlaubt es mit genau {counts}.',
    '{rule} takes no stdin.': '{rule} nimmt nichts von stdin.',
    'stdin of {rule} must be exactly {n} line(s), each ending in one line feed.':
      'stdin von {rule} muss genau {n} Zeile(n) haben, jede mit einem Zeilenvorschub am Ende.',
    'stdin must be the whole content of the file: empty, or ending in a line feed.':
      'stdin muss der ganze Inhalt der Datei sein: leer, oder mit einem Zeilenvorschub am Ende.',
    'A file holds at most {n} lines.': 'Eine Datei hat höchstens {n} Zeilen.',
    '{where} {n} must be {expected}.': '{where} {n}: erlaubt ist {expected}.',
    '{about}, at most {n} bytes': '{about}, höchstens {n} Bytes',
    '{about}, such as {example}': '{about}, etwa {example}',
    'a key in complete base64': 'ein Schlüssel in vollständigem Base64',
    'a whole key of the type it names, {type}': 'ein ganzer Schlüssel der Art, die er nennt, {type}',
    'a {type} key of a length that is in use (RSA: 2048 to 16384 bits)':
      'ein {type}-Schlüssel von gebräuchlicher Länge (RSA: 2048 bis 16384 Bit)',

    // Why the host does not allow it now (host-agent/checks/)
    'There is no user {login} on this host.': 'Einen Benutzer {login} gibt es auf diesem Server nicht.',
    'There is no account {login} on this host.': 'Ein Konto {login} gibt es auf diesem Server nicht.',
    'There is no group {name} on this host.': 'Eine Gruppe {name} gibt es auf diesem Server nicht.',
    '{login} is not a user that Gatehouse manages: {foreign}.':
      '{login} ist kein Benutzer, den Gatehouse verwaltet: {foreign}.',
    "The group {name} is privileged: {file} names it. It is changed only at the host's terminal.":
      'Die Gruppe {name} hat mehr Rechte: {file} nennt sie. Sie wird nur am Terminal des Servers geändert.',
    "{login} is privileged: {privilege}. It is changed only at the host's terminal.":
      '{login} hat mehr Rechte: {privilege}. Das wird nur am Terminal des Servers geändert.',
    '{login} cannot be taken over: {foreign}.': '{login} kann nicht übernommen werden: {foreign}.',
    '{login} is locked out, and changes nothing until let in again.':
      '{login} ist ausgesperrt und ändert nichts, bis er wieder eingelassen wird.',
    "{name} is not a group that Gatehouse made, so it is changed only at the host's terminal.":
      '{name} ist keine Gruppe, die Gatehouse angelegt hat; sie wird nur am Terminal des Servers geändert.',
    'The group {name} is not empty: {login} is in it{others}.':
      'Die Gruppe {name} ist nicht leer: {login} ist darin{others}.',
    "{file} gives rights by the name of the host: its name is changed only at the host's terminal.":
      '{file} gibt Rechte nach dem Namen des Servers; daher wird er nur am Terminal des Servers geändert.',
    'The {noun} {name} is taken by an account of this host.': 'Den {noun} {name} hat schon ein Konto dieses Servers.',
    'The {noun} {name} is taken by a group of this host.': 'Den {noun} {name} hat schon eine Gruppe dieses Servers.',
    'The {noun} {name} is one that programs give power to, now or once installed.':
      'Dem {noun} {name} geben Programme Rechte, jetzt oder sobald sie installiert sind.',
    'The {noun} {name} is named in {file}, which would grant it something.':
      'Den {noun} {name} nennt {file}; damit bekäme er Rechte.',
    'The home of a deleted user {login} is in the trash: put that user back, or empty the trash first.':
      'Der Home-Ordner eines gelöschten Benutzers {login} liegt im Papierkorb: holen Sie ihn zurück, oder leeren Sie erst den Papierkorb.',
    'There is a {leftover} of that name already: {folder}/{login}.':
      'Unter diesem Namen gibt es schon {leftover}: {folder}/{login}.',
    'Samba still has a password of somebody named {login}.': 'Samba hat noch ein Passwort für {login}.',
    '{file} serves the uid {uid} or the group users, so a new user would be privileged.':
      '{file} gibt der uid {uid} oder der Gruppe users Rechte; ein neuer Benutzer hätte sie auch.',
    '{file} names the number {gid}, so a new group would be privileged.':
      '{file} nennt die Nummer {gid}; eine neue Gruppe hätte damit Rechte.',
    'All numbers up to {last} have been used; no more users or groups can be made.':
      'Alle Nummern bis {last} sind verbraucht; weitere Benutzer oder Gruppen lassen sich nicht anlegen.',
    'The {id} must be {next}, the next one that was never used; {given} is not.':
      'Die {id} muss {next} sein, die nächste nie benutzte; {given} ist es nicht.',
    "File shares do not let {login} in: only with the owner's code can that be changed.":
      'Die Dateifreigaben lassen {login} nicht ein; ändern lässt sich das nur mit dem Code des Eigentümers.',
    'There is no deleted user {login} in the trash.': 'Im Papierkorb liegt kein gelöschter Benutzer {login}.',
    'The uid {uid} of the deleted user {login} is not the one that Gatehouse made it with.':
      'Die uid {uid} des gelöschten Benutzers {login} ist nicht die, mit der Gatehouse ihn angelegt hat.',
    'The login {login} or its uid {uid} is taken by another account of this host.':
      'Den Anmeldenamen {login} oder seine uid {uid} hat schon ein anderes Konto dieses Servers.',
    'The uid {uid} of the removed user {login} is taken by {other}.':
      'Die uid {uid} des entfernten Benutzers {login} ist an {other} vergeben.',
    'The login {login} is named in {file}, so the user would come back privileged.':
      '{file} nennt den Anmeldenamen {login}; der Benutzer käme mit mehr Rechten zurück.',

    // Codes, passwords and approval (host-agent/confirm.ts, confirmation/, pipeline.ts, approvals.ts, terminal.ts)
    'This code is wrong, too old or used: give the one that the app shows now ({wrong} wrong in a row, every {n} make a pause).':
      'Dieser Code ist falsch, zu alt oder schon benutzt: geben Sie den ein, den die App jetzt zeigt ({wrong} falsche in Folge; nach je {n} kommt eine Pause).',
    'Codes are locked after {wrong} wrong ones: {remedy}.':
      'Nach {wrong} falschen Codes wird keiner mehr angenommen: {remedy}.',
    'No code is taken until {time}, after {wrong} wrong ones: wait, or {remedy}.':
      'Bis {time} wird kein Code angenommen, nach {wrong} falschen: warten Sie, oder {remedy}.',
    "The host's clock is behind the last code used: set it right, or run gatehouse-agent confirm reset there.":
      'Die Uhr des Servers geht hinter dem zuletzt benutzten Code: stellen Sie sie richtig, oder führen Sie dort gatehouse-agent confirm reset aus.',
    'no one-time code is set up; run gatehouse-agent confirm enrol on the host.':
      'kein Einmalcode ist eingerichtet; führen Sie auf dem Server gatehouse-agent confirm enrol aus.',
    'No code can be checked: {sentence}': 'Kein Code lässt sich prüfen: {sentence}',
    'No password of {login} is tried until {time}, after {n} wrong ones.':
      'Bis {time} wird kein Passwort von {login} geprüft, nach {n} falschen.',
    'This is not the password of {login} (try {n} of {most}, then a pause of 15 minutes).':
      'Das ist nicht das Passwort von {login} (Versuch {n} von {most}, danach 15 Minuten Pause).',
    'Request {n} of the list: {sentence}': 'Befehl {n} der Liste: {sentence}',
    'The audit log cannot be written, so nothing could run; no code was used.':
      'Das Audit-Log lässt sich nicht schreiben, daher könnte nichts laufen; kein Code wurde verbraucht.',
    "{rule} waits for a person at the host's terminal, whom no code replaces: ask it without a ticket.":
      '{rule} wartet auf jemanden am Terminal des Servers, den kein Code ersetzt: fragen Sie ohne Ticket.',
    'A password opens what one user asks for themselves, and nothing beside it: confirm the rest apart.':
      'Ein Passwort öffnet, was ein Benutzer für sich selbst verlangt, und nichts daneben: bestätigen Sie das Übrige gesondert.',
    '@confirm takes no arguments, no dryRun and no ticket; all it needs stands on stdin.':
      '@confirm nimmt keine Argumente, kein dryRun und kein Ticket; alles Nötige steht auf stdin.',
    'stdin of @confirm must be {"code":"123456","requests":[…]} with 1 to 32 requests of cmd, args, perhaps stdin and "undo": true.':
      'stdin von @confirm muss {"code":"123456","requests":[…]} sein, mit 1 bis 32 Befehlen aus cmd, args, vielleicht stdin und "undo": true.',
    'This ticket was never given, has ended or belongs to another peer: confirm with a new code.':
      'Dieses Ticket wurde nie vergeben, ist abgelaufen oder gehört einem anderen Prozess: bestätigen Sie mit einem neuen Code.',
    'Every request of this ticket that may still run has run: confirm with a new code.':
      'Alles, was dieses Ticket noch öffnen kann, ist gelaufen: bestätigen Sie mit einem neuen Code.',
    'This is not the next request of its ticket: cmd, args and stdin must be those of {places}, to the byte.':
      'Das ist nicht der nächste Befehl des Tickets: cmd, args und stdin müssen Byte für Byte die von {places} sein.',
    'Another request has used this step of the ticket.':
      'Diesen Schritt des Tickets hat schon ein anderer Befehl verbraucht.',
    '{rule} asks for {proof}: {how}.': '{rule} verlangt {proof}: {how}.',
    "{n} requests wait for approval at the host's terminal already; decide those first.":
      'Am Terminal des Servers warten schon {n} Befehle auf Genehmigung; entscheiden Sie erst über diese.',
    "{rule} waits for a person at the host's terminal, for 30 minutes: gatehouse-agent approve.":
      '{rule} wartet 30 Minuten auf jemanden am Terminal des Servers: gatehouse-agent approve.',
    'Nobody approved it within 30 minutes.': 'Niemand hat es innerhalb von 30 Minuten genehmigt.',
    "A person at the host's terminal refused it.": 'Am Terminal des Servers wurde es abgelehnt.',
    'The agent was stopped.': 'Der Agent wurde beendet.',

    // How it ended (host-agent/perform.ts, run.ts, turns.ts, administrator.ts, pipeline.ts)
    '{cmd} was ended {ending}; look at what it had done.':
      '{cmd} wurde {ending} beendet; sehen Sie nach, was bis dahin getan war.',
    '{program} is not installed on this host; nothing was run.':
      '{program} ist auf diesem Server nicht installiert; nichts wurde ausgeführt.',
    '{program} could not be started ({code}); nothing was run.':
      '{program} ließ sich nicht starten ({code}); nichts wurde ausgeführt.',
    '{program} ended with {code}; {login} is no administrator. Done before: {did}.':
      '{program} endete mit {code}; {login} ist kein Administrator. Davor getan: {did}.',
    'The request was cancelled before it began; nothing was done.':
      'Es wurde abgebrochen, bevor es begann; nichts wurde getan.',
    'The agent is stopping and did nothing; ask again when it is back.':
      'Der Agent wird gerade beendet und hat nichts getan; versuchen Sie es noch einmal, wenn er wieder da ist.',
    'The agent failed unexpectedly; its journal says why. What ran is in the audit log.':
      'Der Agent ist unerwartet gescheitert; sein Journal sagt, warum. Was lief, steht im Audit-Log.',
    'The agent failed unexpectedly while it ran this; its journal says why.':
      'Der Agent ist dabei unerwartet gescheitert; sein Journal sagt, warum.',
    '{n} requests are waiting already; try again in a moment.':
      'Es warten schon {n} Befehle; versuchen Sie es gleich noch einmal.',
    '{n} dry runs are waiting already; try again in a moment.':
      'Es warten schon {n} Vorschauen; versuchen Sie es gleich noch einmal.',
    '{n} connections wait for answers already; try again in a moment.':
      'Es warten schon {n} Verbindungen auf Antwort; versuchen Sie es gleich noch einmal.',

    // The audit log (host-agent/audit/)
    'Nothing was run: {sentence}': 'Nichts wurde ausgeführt: {sentence}',
    'The audit log cannot be written.': 'Das Audit-Log lässt sich nicht schreiben.',
    'The audit log cannot be written ({error}); nothing runs until it can.':
      'Das Audit-Log lässt sich nicht schreiben ({error}); bis dahin läuft nichts.',
    'The audit log {path} was moved or replaced, or changed by another hand; nothing runs until it is as it was.':
      'Das Audit-Log {path} wurde verschoben, ersetzt oder von anderer Hand geändert; nichts läuft, bis es ist, wie es war.',
    'Less than {n} MiB are free where the audit log lies; nothing runs until there is more room.':
      'Wo das Audit-Log liegt, sind weniger als {n} MiB frei; nichts läuft, bis mehr Platz ist.',
    'The audit log {broken}; nothing runs until the agent is restarted.':
      'Das Audit-Log {broken}; nichts läuft, bis der Agent neu gestartet ist.',
    '{n} more were refused within a second; they are counted and not kept.':
      '{n} weitere wurden binnen einer Sekunde abgelehnt; sie sind gezählt und nicht aufbewahrt.',

    // Files and the trash (host-agent/files/, folder.ts, state-file.ts)
    '{path} was changed by another hand while its new content was checked; it was left as it is.':
      '{path} wurde von anderer Hand geändert, während der neue Inhalt geprüft wurde; die Datei bleibt, wie sie ist.',
    'Generation {n} of {path} is not kept, or not whole; @generations lists what is kept.':
      'Fassung {n} von {path} ist nicht aufbewahrt oder nicht ganz; @generations nennt, was aufbewahrt ist.',
    'The content of {path} must be at most {n} bytes; nothing was changed.':
      'Der Inhalt von {path} darf höchstens {n} Bytes haben; nichts wurde geändert.',
    '{path} was changed by another hand since generation {n}, and was left as it is; undo that on the host and try again.{hand}':
      '{path} wurde seit Fassung {n} von anderer Hand geändert und bleibt, wie sie ist; machen Sie das auf dem Server rückgängig, und versuchen Sie es noch einmal.{hand}',
    '{program} found a fault in the new content, so {path} was not changed: {words}':
      '{program} hat im neuen Inhalt einen Fehler gefunden, daher wurde {path} nicht geändert: {words}',
    '{path} was written, but {program} failed{reason}; {back}, and {program2} {again}.':
      '{path} wurde geschrieben, aber {program} ist gescheitert{reason}; {back}, und {program2} {again}.',
    'The home of {login} must be {folder}/{login2}, and is {home}; it was not moved.':
      'Der Home-Ordner von {login} muss {folder}/{login2} sein und ist {home}; er wurde nicht bewegt.',
    'The trash still keeps an earlier {login} with uid {uid}; empty that first. Nothing was moved.':
      'Der Papierkorb hält noch einen früheren {login} mit uid {uid}; leeren Sie ihn erst. Nichts wurde bewegt.',
    'No user {login} is in the trash.': 'Im Papierkorb liegt kein Benutzer {login}.',
    'The trash of {login} is half destroyed and gives nothing back; empty it to the end.':
      'Der Papierkorb von {login} ist halb vernichtet und gibt nichts zurück; leeren Sie ihn ganz.',
    '{login} with uid {uid} was not put back: there is a {other} with uid {uid2} now.':
      '{login} mit uid {uid} wurde nicht zurückgeholt: es gibt jetzt {other} mit uid {uid2}.',
    '{login} was not put back and stays in the trash: useradd failed ({words}).':
      '{login} wurde nicht zurückgeholt und bleibt im Papierkorb: useradd ist gescheitert ({words}).',
    'The trash of {login} was not emptied: the account is still there. Delete it, or put the user back.':
      'Der Papierkorb von {login} wurde nicht geleert: das Konto ist noch da. Löschen Sie es, oder holen Sie den Benutzer zurück.',
    'The host did not say whether there is an account {key} ({words}); nothing was changed.':
      'Der Server hat nicht gesagt, ob es ein Konto {key} gibt ({words}); nichts wurde geändert.',
    'The request was cancelled; the rest stays until it is emptied again.':
      'Es wurde abgebrochen; der Rest bleibt, bis wieder geleert wird.',
    '{folder}/{name} {fault}; nothing was changed.': '{folder}/{name} {fault}; nichts wurde geändert.',
    '{path} {fault}; nothing was changed.': '{path} {fault}; nichts wurde geändert.',
    '{folder}/{name} {strange}; nothing was moved.': '{folder}/{name} {strange}; nichts wurde bewegt.',
    '{file} does not hold what Gatehouse wrote: {advice}.': '{file} enthält nicht, was Gatehouse schrieb: {advice}.',
    "{outcome}: {call} answered {code}; look at the host's disks and its journal.":
      '{outcome}: {call} meldete {code}; sehen Sie nach den Datenträgern und dem Journal des Servers.',
    '{outcome}: {name} {obstacle}.': '{outcome}: {name} {obstacle}.',

    // What no well-made request hears (host-agent/connection.ts, server.ts, allowlist/wire.ts)
    'The kernel does not say who connects, so nobody is let in.':
      'Der Kernel sagt nicht, wer sich verbindet; daher wird niemand eingelassen.',
    'The uid {uid} may not speak to this agent.': 'Die uid {uid} darf mit diesem Agenten nicht sprechen.',
    'A line must be complete within 10 s of its first byte.':
      'Eine Zeile muss 10 s nach ihrem ersten Byte vollständig sein.',
    'A line must be UTF-8 without carriage returns.': 'Eine Zeile muss UTF-8 ohne Wagenrücklauf sein.',
    'A line must be one JSON object.': 'Eine Zeile muss ein JSON-Objekt sein.',
    'A line holds at most {n} bytes.': 'Eine Zeile hat höchstens {n} Bytes.',
    'The last line was not complete.': 'Die letzte Zeile war nicht vollständig.',
    'There is no open request {id} on this connection to cancel.':
      'Auf dieser Verbindung gibt es keine offene Anfrage {id}, die abgebrochen werden könnte.',
    'The id {id} is in use on this connection.': 'Die id {id} wird auf dieser Verbindung schon benutzt.',
    'At most {n} requests may be open on one connection; wait for an answer first.':
      'Auf einer Verbindung sind höchstens {n} Anfragen offen; warten Sie erst eine Antwort ab.',
    'The request is not understood: {field} {issue}.': 'Die Anfrage ist nicht zu verstehen: {field} {issue}.',
    'The request is not understood: {ambiguity}.': 'Die Anfrage ist nicht zu verstehen: {ambiguity}.',

    // Why an account is none of Gatehouse's (@users)
    '{foreign}': '{foreign}',

    // The web's own words, where the agent did not answer (web/agent/, web/changes/)
    'its socket is not there': 'sein Socket ist nicht da',
    'nobody listens on its socket': 'niemand horcht an seinem Socket',
    'this dashboard may not use its socket': 'dieses Dashboard darf seinen Socket nicht benutzen',
    'this dashboard is stopping': 'dieses Dashboard wird gerade beendet',
    'no connection within {n} ms': 'keine Verbindung innerhalb von {n} ms',
    'no answer within {n} ms': 'keine Antwort innerhalb von {n} ms',
    'no answer': 'keine Antwort',
    'the connection was closed': 'die Verbindung wurde geschlossen',
    'it was cancelled before it was asked': 'es wurde abgebrochen, bevor er gefragt wurde',
    'it sent a line that never ended': 'er schickte eine Zeile, die nicht endete',
    'it sent what is not a reply of the contract': 'er schickte etwas, das keine Antwort nach dem Protokoll ist',
    '{verb} told what this version does not understand': '{verb} sagte etwas, das diese Version nicht versteht',
    'the mirror failed': 'das Spiegeln ist gescheitert',
    '{verb} failed': '{verb} ist gescheitert',
    'It was lost on its way to the agent, and was not run.':
      'Es ging auf dem Weg zum Agenten verloren und wurde nicht ausgeführt.',
    'The agent was started again.': 'Der Agent wurde neu gestartet.',
    'not asked yet': 'noch nicht gefragt',
  },
  expected: {
    '{alternative}, or {expected}': '{alternative}, oder {expected}',
    '{alternative}': '{alternative}',
  },
  alternative: {
    '{slot}: {about}, such as {example}': '{slot}: {about}, etwa {example}',
    '"{literal}"': '"{literal}"',
  },
  about: {
    'a comment: "# " and up to 100 printable characters': 'ein Kommentar: "# " und bis zu 100 druckbare Zeichen',
    'a name in any script, without colon, comma or control characters, not beginning with "-" or a blank nor ending with one':
      'ein Name in jeder Schrift, ohne Doppelpunkt, Komma oder Steuerzeichen, nicht mit „-“ oder einem Leerzeichen am Anfang und keinem am Ende',
    'the name of a group that Gatehouse made': 'der Name einer Gruppe, die Gatehouse angelegt hat',
    'the name of a group that Gatehouse made and that nobody is in':
      'der Name einer Gruppe, die Gatehouse angelegt hat und in der niemand ist',
    'a name that is free: a small letter, then up to 30 of a-z 0-9 _ -':
      'ein freier Name: ein kleiner Buchstabe, dann bis zu 30 Zeichen aus a-z 0-9 _ -',
    'the name of a host: letters, digits and dashes, up to 63 between dots; no address, not localhost':
      'der Name eines Servers: Buchstaben, Ziffern und Striche, bis zu 63 zwischen Punkten; keine Adresse, nicht localhost',
    'the login of a user that Gatehouse manages': 'der Anmeldename eines Benutzers, den Gatehouse verwaltet',
    'the login of a user that Gatehouse manages, whom file shares let in':
      'der Anmeldename eines Benutzers, den Gatehouse verwaltet und den die Dateifreigaben einlassen',
    'the login of a user that Gatehouse manages, or managed until the account was removed':
      'der Anmeldename eines Benutzers, den Gatehouse verwaltet oder bis zum Entfernen des Kontos verwaltet hat',
    'a login that is free: a small letter, then up to 30 of a-z 0-9 _ -':
      'ein freier Anmeldename: ein kleiner Buchstabe, dann bis zu 30 Zeichen aus a-z 0-9 _ -',
    'the login of an account that people made on this host, without privilege, as Gatehouse would have made it':
      'der Anmeldename eines Kontos, das Menschen auf diesem Server angelegt haben, ohne besondere Rechte, wie Gatehouse es angelegt hätte',
    'the login of a deleted user whose home is in the trash':
      'der Anmeldename eines gelöschten Benutzers, dessen Home-Ordner im Papierkorb liegt',
    'a login of this host': 'ein Anmeldename dieses Servers',
    'the next user number, as @status tells it': 'die nächste Benutzernummer, wie @status sie nennt',
    'the next group number, as @status tells it': 'die nächste Gruppennummer, wie @status sie nennt',
    'the number of a kept generation of this file': 'die Nummer einer aufbewahrten Fassung dieser Datei',
    'a whole number': 'eine ganze Zahl',
    'a complete sha512-crypt ($6$…) or yescrypt ($y$…) hash':
      'ein vollständiger Hash von sha512-crypt ($6$…) oder yescrypt ($y$…)',
    'a password of 8 to 127 characters without control characters':
      'ein Passwort von 8 bis 127 Zeichen ohne Steuerzeichen',
    'one SSH public key on a line, without options: type, key, and perhaps one word':
      'ein öffentlicher SSH-Schlüssel in einer Zeile, ohne Optionen: Art, Schlüssel und vielleicht ein Wort',
  },
  counts: { '{n} or {counts}': '{n} oder {counts}', '{n}': '{n}' },
  where: { stdin: 'stdin', line: 'Zeile' },
  foreign: {
    'it was made by another hand': 'von anderer Hand angelegt',
    'its uid is {uid}, and Gatehouse made it with {made}':
      'die uid ist {uid}, und Gatehouse hat es mit {made} angelegt',
    'its uid {uid} is not in {first}–{last}': 'die uid {uid} liegt nicht in {first}–{last}',
    'its home is not /home/{login}': 'der Home-Ordner ist nicht /home/{login}',
    'it is in the group {name}': 'in der Gruppe {name}',
    'Gatehouse manages it already': 'Gatehouse verwaltet es schon',
    'the trash keeps a deleted user of that name, which is to be emptied first':
      'der Papierkorb hält einen gelöschten Benutzer dieses Namens und ist erst zu leeren',
    '{login} has the same uid {uid}': '{login} hat dieselbe uid {uid}',
    'it is privileged, for {privilege}': 'es hat mehr Rechte, denn {privilege}',
    '{privilege}': '{privilege}',
  },
  privilege: {
    'sudo would run commands for it': 'sudo würde Befehle dafür ausführen',
    '{file} names it or the group users': '{file} nennt es oder die Gruppe users',
    '{file} names the group {name} that it is in': '{file} nennt die Gruppe {name}, in der es ist',
    '{file} names it': '{file} nennt es',
  },
  others: { ', and {n} more': ', und {n} weitere', '': '' },
  noun: { login: 'Anmeldenamen', name: 'Namen' },
  leftover: {
    home: 'einen Home-Ordner',
    mail: 'ein Postfach',
    crontab: 'eine Crontab',
    'file of keys': 'eine Datei mit Schlüsseln',
    'file of own keys': 'eine Datei mit eigenen Schlüsseln',
  },
  remedy: {
    'run gatehouse-agent confirm unlock on the host': 'führen Sie auf dem Server gatehouse-agent confirm unlock aus',
  },
  places: { '{place} or {places}': '{place} oder {places}', '{place}': '{place}' },
  place: { 'request {n}': 'Befehl {n}' },
  proof: {
    'the password that the user has now': 'das jetzige Passwort des Benutzers',
    "the owner's one-time code": 'den Einmalcode des Eigentümers',
  },
  how: {
    'send it to @confirm with this exact request, and give the ticket':
      'schicken Sie es mit genau diesem Befehl an @confirm, und geben Sie das Ticket an',
  },
  ending: {
    'after {n} s, its deadline': 'nach {n} s, seiner Frist,',
    'because the request was cancelled': 'auf Abbruch hin',
  },
  code: { 'unknown error': 'unbekannter Fehler', '{errno}': '{errno}' },
  did: { '{done}, {did}': '{done}, {did}', '{done}': '{done}' },
  done: {
    'removed the keys': 'Schlüssel entfernt',
    'cleared the password': 'Passwort gelöscht',
    'ended the access to file shares': 'Zugang zu den Dateifreigaben beendet',
    'ended what was running': 'Laufendes beendet',
    'joined the group sudo': 'in die Gruppe sudo aufgenommen',
  },
  broken: {
    'is closed': 'ist geschlossen',
    'ends in a torn line that cannot be cut off ({error})':
      'endet in einer abgerissenen Zeile, die sich nicht abschneiden lässt ({error})',
    'could not be brought to disk ({error}), look at it':
      'ließ sich nicht auf den Datenträger schreiben ({error}), sehen Sie danach',
  },
  hand: { ' What the other hand did:\n{diff}': ' Was die andere Hand tat:\n{diff}', '': '' },
  words: {
    'ended by {signal}': 'beendet durch {signal}',
    'exit status {n}': 'Exit-Code {n}',
    'its words are not shown, as the file is secret': 'seine Worte werden nicht gezeigt, da die Datei geheim ist',
    '{output}': '{output}',
  },
  reason: { ' ({words})': ' ({words})', '': '' },
  back: {
    'its old content was put back': 'der alte Inhalt steht wieder darin',
    'it was removed again, as there was none before': 'die Datei wurde wieder entfernt, da es zuvor keine gab',
  },
  again: {
    succeeded: 'gelang',
    'failed as well{reason}: look at it on the host': 'ist auch gescheitert{reason}: sehen Sie auf dem Server danach',
  },
  fault: {
    'is not a plain file': 'ist keine gewöhnliche Datei',
    'is not a plain file of at most {n} bytes': 'ist keine gewöhnliche Datei von höchstens {n} Bytes',
    'must belong to {owner}, and neither its group nor others may {act}':
      'muss {owner} gehören, und weder die Gruppe noch andere dürfen {act}',
  },
  owner: { root: 'root', 'uid {uid}': 'uid {uid}' },
  act: { 'write there': 'dort schreiben', 'look into it': 'hineinsehen' },
  strange: {
    'is there and in the trash as well': 'ist da und auch im Papierkorb',
    'is a link, or not what it should be': 'ist ein Link oder nicht das, was es sein sollte',
    'belongs to uid {uid} and not to {other}': 'gehört uid {uid} und nicht {other}',
  },
  advice: {
    'run gatehouse-agent confirm reset on the host, then enrol again':
      'führen Sie auf dem Server gatehouse-agent confirm reset aus, und richten Sie den Einmalcode neu ein',
    'remove it': 'entfernen Sie die Datei',
    'remove it, and confirm anew what is to be put back':
      'entfernen Sie die Datei und bestätigen Sie neu, was zurückgenommen werden soll',
    'bring it back from a backup': 'holen Sie die Datei aus einer Sicherung',
    'what was kept of {path} is lost; remove it by hand':
      'was von {path} aufbewahrt war, ist verloren; entfernen Sie die Datei von Hand',
  },
  outcome: {
    'the count of codes could not be kept': 'die Zahl der Codes ließ sich nicht festhalten',
    'Nothing was run': 'Es wurde nichts ausgeführt',
    'Home and keys of {login} are where they were, since they could not be moved':
      'Home-Ordner und Schlüssel von {login} sind, wo sie waren, denn sie ließen sich nicht bewegen',
    'What was asked for {login} is not done, or not all; repeat it when the cause is gone':
      'Was für {login} verlangt wurde, ist nicht oder nicht ganz getan; wiederholen Sie es, wenn die Ursache behoben ist',
    'Generation {n} of {path} could not be read': 'Fassung {n} von {path} ließ sich nicht lesen',
    '{path} could not be read': '{path} ließ sich nicht lesen',
    '{path} was not changed': '{path} wurde nicht geändert',
    '{path} holds the new content, but what should follow was not done':
      '{path} enthält den neuen Inhalt, aber was folgen sollte, wurde nicht getan',
    '{path} holds new content that failed; the old could not be put back, but is kept as a generation':
      '{path} enthält neuen Inhalt, der gescheitert ist; der alte ließ sich nicht zurückholen, ist aber als Fassung aufbewahrt',
    '{path} holds the new content, but not all was tidied up':
      '{path} enthält den neuen Inhalt, aber nicht alles ließ sich aufräumen',
  },
  obstacle: {
    'does not exist; make it first': 'gibt es nicht; legen Sie es erst an',
    'is a link': 'ist ein Link',
    'is a link or not a folder': 'ist ein Link oder kein Ordner',
    'is still written to; end that first': 'wird noch beschrieben; beenden Sie das erst',
    'is mounted, or something is mounted there; unmount it first':
      'ist eingehängt, oder etwas ist dort eingehängt; hängen Sie es erst aus',
  },
  field: { it: 'sie', '"{path}"': '"{path}"' },
  issue: {
    'holds a NUL character': 'enthält ein NUL-Zeichen',
    'holds half of a surrogate pair': 'enthält ein halbes Surrogat-Paar',
    'is longer than {n} bytes': 'ist länger als {n} Bytes',
    'is longer than 128 characters': 'ist länger als 128 Zeichen',
    'is longer than 64 characters': 'ist länger als 64 Zeichen',
    'holds a character that cannot be printed': 'enthält ein Zeichen, das sich nicht drucken lässt',
    'is empty': 'ist leer',
    'has more than {n} elements': 'hat mehr als {n} Elemente',
    'must be 1 to 64 of A-Z a-z 0-9 . _ -': 'muss aus 1 bis 64 Zeichen A-Z a-z 0-9 . _ - bestehen',
    'is wrong': 'ist falsch',
  },
  ambiguity: {
    'the key {key} stands twice or is not allowed': 'der Schlüssel {key} steht zweimal da oder ist nicht erlaubt',
  },
};
