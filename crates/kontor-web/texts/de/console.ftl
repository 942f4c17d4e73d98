# Überblick
overview-todo = Zu tun
overview-nothing = Nichts. Alles in Ordnung.
overview-condition = Zustand
overview-guests = { $count ->
    [one] Ein Gast verliert in den nächsten 14 Tagen den Zugang.
   *[other] { $count } Gäste verlieren in den nächsten 14 Tagen den Zugang.
}
overview-approvals = { $count ->
    [one] Eine Freigabe wartet auf eine Entscheidung.
   *[other] { $count } Freigaben warten auf eine Entscheidung.
}
overview-holds = { $count ->
    [one] Eine Aufbewahrung ist zu prüfen: Ist sie noch nötig?
   *[other] { $count } Aufbewahrungen sind zu prüfen: Sind sie noch nötig?
}
overview-holds-proposed = { $count ->
    [one] Vorschlag: eine Aufbewahrung beenden, die seit Wochen niemand geprüft hat.
   *[other] Vorschlag: { $count } Aufbewahrungen beenden, die seit Wochen niemand geprüft hat.
}
overview-weakened = { $count ->
    [one] Eine Einstellung schützt weniger als ausgeliefert.
   *[other] { $count } Einstellungen schützen weniger als ausgeliefert.
}
overview-late-mail = Mails gehen nicht hinaus; die älteste wartet seit { $when }. Prüfen Sie den Mailserver.
overview-slow = Das Schreiben auf die Platte ist langsam: mehr als jeder hundertste Vorgang dauert länger als 50 ms.
overview-version = Version
overview-people = Personen
overview-signed-in-devices = Angemeldete Geräte
overview-rooms = Räume
overview-files = Dateien
overview-files-value = { $count } mit zusammen { $size }
overview-database = Datenbank
overview-writes = Schreibvorgänge seit dem Start
overview-writes-value = { $count }, davon { $slow } langsamer als 50 ms
overview-mails = Wartende Mails
console-yes = ja
console-no = nein
console-more = Weitere zeigen
console-take-back = Zurücknehmen

# Geräte
console-devices-title = Geräte
console-devices-summary = Welche Geräte angemeldet sind und welche Programmversionen zugelassen werden.
console-devices-intro = Das Geräteverzeichnis nennt weder Gerätenamen noch Adressen und den letzten Gebrauch nur auf die Woche genau.
console-devices-register = Verzeichnis
console-devices-none = Niemand ist mit einem Gerät angemeldet.
console-devices-week = benutzt in der Woche ab { $day }
console-devices-refused = Nach den Einstellungen nicht zugelassen.
console-devices-old = Das Programm ist veraltet.
console-devices-change = Ändern
console-devices-sign-out = Abmelden
console-devices-lost = Als verloren melden
console-devices-lost-hint = „Verloren“ meldet zusätzlich alle Browser der Person ab und beendet ihre App-Passwörter.
console-devices-programs = Älteste zugelassene Programmversionen
console-devices-programs-what = Wer eine ältere Version benutzt, wird gewarnt und nach einer Frist nicht mehr eingelassen. Schlüssel und Nachrichten bleiben.
console-devices-programs-none = Noch keine festgelegt.
console-devices-blocked = ältere werden abgewiesen ab { $when }
console-devices-program = Programm, wie es sich selbst nennt
console-devices-minimum = Älteste Version
console-devices-minimum-wrong = Das ist kein Programmname mit Version, zum Beispiel Element und 1.11.80.
console-devices-critical = Ältere sind gefährlich: spätestens nach 72 Stunden abweisen
console-devices-decide = Festlegen

# Räume
console-rooms-title = Räume
console-rooms-summary = Welche Räume es gibt und wie groß sie sind, nie ihr Inhalt.
console-rooms-intro = Namen, Mitglieder und Inhalte von Räumen sieht die Verwaltung nicht.
console-rooms-all = Alle Räume
console-rooms-none = Es gibt noch keine Räume.
console-rooms-id = Kennung
console-rooms-joined = Mitglieder
console-rooms-invited = Eingeladen
console-rooms-events = Einträge
console-rooms-encrypted = Verschlüsselt
console-rooms-published = Im Raumverzeichnis
console-rooms-created = Angelegt
console-rooms-version = Raumversion
