# Profil
profile-title = Profil
profile-name = Name, den andere sehen
profile-name-hint = Ein Pseudonym genügt, wenn Ihre Organisation nichts anderes mit Ihnen vereinbart hat.
profile-name-missing = Ihre Organisation braucht einen Namen, den andere sehen.
profile-name-wrong = Dieser Name geht nicht: höchstens 256 Zeichen, und keine, die die Schreibrichtung umkehren.
profile-name-proved = Ihre Organisation hat unter diesem Namen bestätigt, wer Sie sind. Nehmen Sie einen anderen an, gelten Sie als unbestätigt, bis Ihre Administration auch diesen geprüft hat.
profile-name-proof-over = Sie haben Ihren Namen am { $day } geändert. Seitdem gelten Sie als unbestätigt; Ihre Administration kann den neuen Namen prüfen und bestätigen.
profile-name-off = Ihre Organisation zeigt keine Namen.
profile-save = Speichern
profile-picture = Bild
profile-picture-is = Andere sehen ein Bild von Ihnen. Ein neues wählen Sie in Ihrem Programm.
profile-picture-remove = Bild entfernen

# Meine Daten
data-title = Meine Daten
data-intro = Das ist zu Ihrem Konto gespeichert. Nachrichten und Dateien liegen verschlüsselt in Ihren Räumen; lesen können sie nur die Menschen dort.
data-account = Konto
data-user-id = Kennung
data-created = Angelegt am
data-proof = Identität
data-proof-none = nicht bestätigt
data-proof-over = nicht mehr bestätigt, weil Sie Ihren Namen geändert haben
data-proof-in-person = persönlich geprüft
data-proof-records = durch Personaldaten bestätigt
data-proof-invited = eingeladen
data-proof-created = von der Verwaltung angelegt
data-role = Rolle
data-notice = Datenschutzhinweis gelesen
data-time-zone = Zeitzone
data-profile-none = Ihr Profil ist leer.
data-profile-change = Profil ändern
data-use = Nutzung
data-rooms = Räume
data-app-passwords = App-Passwörter
data-not = Nicht gespeichert wird, wann Sie online sind, wonach Sie suchen und welche Räume Sie öffnen. Wann ein Gerät zuletzt benutzt wurde, ist auf den Tag genau bekannt.
data-close = Sie können Ihr Konto jederzeit selbst schließen.

# Konto schließen
close-title = Konto schließen
close-what = Alle Geräte werden abgemeldet. Passwort, Schlüssel, Profil und Rollen werden gelöscht, Sie verlassen alle Räume. Das lässt sich nicht rückgängig machen.
close-rest = Was Sie geschrieben haben, bleibt in den Räumen, bis dessen Frist abläuft.
close-type = Zur Sicherheit: Geben Sie Ihre Kennung ein ({ $name })
close-wrong = Das ist nicht Ihre Kennung.
close-last = Sie sind die letzte Administration: Geben Sie diese Rolle vorher jemand anderem.
close-submit = Konto endgültig schließen
close-no = Lieber nicht

# Schlüssel ersetzen
keys-title = Schlüssel ersetzen
keys-what = Ein Programm möchte die Schlüssel ersetzen, an denen andere Sie erkennen. Danach müssen Ihre Gesprächspartner Sie neu bestätigen, und alte Nachrichten öffnen sich nur mit dem Wiederherstellungsschlüssel.
keys-when = Erlauben Sie das nur, wenn Sie es eben selbst in Ihrem Programm begonnen haben.
keys-allow = Ersetzen erlauben
keys-allowed = Erlaubt, für zehn Minuten und einmal. Kehren Sie jetzt zu Ihrem Programm zurück.
privacy-title = Was andere sehen
privacy-summary = Ob andere sehen, dass Sie da sind, lesen oder schreiben.
privacy-intro = Sie dürfen immer strenger sein als Ihre Organisation. Niemand erfährt, dass Sie etwas abgeschaltet haben.
privacy-otherwise = wie üblich ({ $value })
privacy-submit = Übernehmen
privacy-fixed = legt Ihre Organisation fest
privacy-refused = Weniger Schutz lässt Ihre Organisation hier nicht zu.
