# Löschen nach Regeln
deletion-title = Löschen
deletion-summary = Was wann gelöscht wird, was eine neue Frist löschen würde, und Bescheinigungen darüber.
deletion-intro = Für jede Datenart gilt genau eine Regel. Gelöscht wird laufend und in kleinen Schritten; Geräte erhalten den Hinweis, das Gelöschte ebenfalls zu vergessen. Inhalte zeigt diese Seite nicht.
deletion-ages = Nachrichten nach Raumklasse
deletion-oldest = Älteste Nachricht
deletion-state = Stand
deletion-in-time = fristgerecht
deletion-overdue = { $hours ->
    [0] seit weniger als einer Stunde überfällig
    [one] seit einer Stunde überfällig
   *[other] seit { $hours } Stunden überfällig
}
deletion-stayed = Flüchtige Räume: gemessene Verweildauer
deletion-stayed-what = So lange lagen Nachrichten in den letzten 30 Tagen auf dem Server. Sie gehen, sobald jedes Gerät sie hat, spätestens nach 24 Stunden.
deletion-stayed-messages = Gemessene Nachrichten
deletion-stayed-half = Die Hälfte höchstens (Minuten)
deletion-stayed-longest = Keine länger als (Minuten)
deletion-dry-run = Probelauf
deletion-dry-run-what = Zeigt, was eine Frist heute löschen würde. Gelöscht wird dabei nichts.
deletion-days = Frist in Tagen
deletion-days-wrong = Bitte eine Zahl von { $range } angeben.
deletion-dry-run-do = Zeigen, was gelöscht würde
deletion-foreseen = Würde gelöscht in Räumen der Klasse „{ $class }“
deletion-messages = Nachrichten
deletion-files = Dateien
deletion-runs = Löschläufe
deletion-runs-what = Ein Lauf ist eine Regel an einem Tag. Die Bescheinigung nennt Regel, Frist und Zahlen, wird durch erneutes Nachsehen geprüft, vom Schlüssel des Protokolls unterschrieben und dort vermerkt.
deletion-runs-none = Bisher war nichts zu löschen.
deletion-run = Regel
deletion-run-messages = Nachrichten: { $class }
deletion-run-rooms = Verlassene Räume
deletion-run-approvals = Freigaben
deletion-run-policy-changes = Entscheidungen über Einstellungen
deletion-run-acknowledgements = Kenntnisnahmen
deletion-run-looks = Einblicke von Aufsichtspersonen
deletion-run-files = Dateien ohne Nachricht
deletion-began = Begonnen
deletion-older = Älter als
deletion-objects = Objekte
deletion-keys = Schlüssel
deletion-held = Aufbewahrt
deletion-certificate = Bescheinigung
deletion-certificate-get = Herunterladen
deletion-certify = Jetzt bescheinigen
deletion-rules = Löschregeln
deletion-rules-what = Klassen nach DIN 66398: A ab Erhebung, B ab Ende des Vorgangs, C ab Ende der Beziehung. Fristen für Sicherungen stehen gesondert.
deletion-data = Datenart
deletion-class = Klasse
deletion-period = Frist
deletion-method = Was geschieht
deletion-law = Grundlage
deletion-period-class = nach Raumklasse
deletion-period-longest = längste Frist einer Raumklasse
deletion-period-year-end = { $years } Jahre zum Jahresende
deletion-period-audit = 90 Tage, 12 Monate, 3 oder 10 Jahre zum Jahresende
deletion-period-cause = mit dem Anlass
deletion-period-never = mit der Organisation
