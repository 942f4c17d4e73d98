# Sicherungen
backups-title = Sicherungen
backups-summary = Wann zuletzt gesichert wurde, wo die Sicherungen liegen und ob sie sich wiederherstellen lassen.
backups-intro = Sicherungen sind verschlüsselt; der Schlüssel zum Lesen liegt nicht auf diesem Server. Was gelöscht wurde, bleibt auch nach einer Wiederherstellung gelöscht. Inhalte zeigt diese Seite nicht.
backups-place = Ort und Stand
backups-folder = Ordner
backups-where = Standort
backups-schedule = Zeitplan
backups-daily = täglich ab { $hour } Uhr (UTC)
backups-by-others = nicht durch den Server; ein anderes Programm ruft „kontor backup“ auf
backups-kept = Aufbewahrung
backups-recipients = Verschlüsselt für
backups-ledger = Löschverzeichnis (geschrieben / Einträge)
backups-ledger-what = Das Löschverzeichnis liegt neben den Sicherungen und nennt Gelöschtes nur als geschlüsselte Merkzettel. Bei einer Wiederherstellung wird danach alles erneut gelöscht, bevor die Organisation öffnet.
backups-rehearsal = Wiederherstellung geprobt
backups-rehearsed-well = { $at }: alles wie gesichert
backups-rehearsed-badly = { $at }: fehlgeschlagen
backups-rehearsed-never = noch nie
backups-how = Wer den Server betreibt, richtet Sicherungen in kontor.toml ein: [backup] mit target und recipients.
backups-sets = Sicherungen
backups-sets-none = Noch keine.
backups-set = Sicherung
backups-began = Stand von
backups-size = Tabellen
backups-files = Dateien
backups-keys = Empfänger
backups-unreadable = { $count ->
    [one] Eine Datei war nicht lesbar und fehlt
   *[other] { $count } Dateien waren nicht lesbar und fehlen
}
backups-alarm-none = Diese Organisation wird nicht gesichert.
backups-alarm-overdue = Es gibt keine Sicherung aus den letzten 26 Stunden.
backups-alarm-failed = Die letzte Sicherung ist fehlgeschlagen: { $why }
backups-alarm-ledger = Das Löschverzeichnis neben den Sicherungen lässt sich seit { $since } nicht schreiben.
backups-alarm-rehearse = In den letzten 90 Tagen wurde keine Wiederherstellung erfolgreich geprobt (kontor backup rehearse).
