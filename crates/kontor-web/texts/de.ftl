# Rahmen aller Seiten
layout-skip = Zum Inhalt springen
layout-navigation = Mein Konto
layout-sign-out = Abmelden

# Fehler
error-title = Das hat nicht geklappt
error-back = Zu meinem Konto
error-forbidden = Das ist hier nicht erlaubt, oder die Seite ist veraltet. Bitte laden Sie sie neu und versuchen Sie es noch einmal.
error-not-found = Diese Seite gibt es nicht.
error-gone = Das ist abgelaufen. Bitte beginnen Sie noch einmal.
error-invalid = Die Anfrage ist unvollständig oder falsch. Falls eine App Sie hierher geschickt hat: Sie ist hier nicht angemeldet.
error-limited = Zu viele Versuche. Bitte warten Sie einen Moment.
error-unavailable = Der Dienst antwortet gerade nicht. Bitte versuchen Sie es gleich noch einmal.
error-internal = Bei uns ist ein Fehler aufgetreten. Bitte versuchen Sie es noch einmal.
error-too-often = Zu viele Versuche. Bitte warten Sie { $seconds ->
    [one] eine Sekunde
   *[other] { $seconds } Sekunden
 }.

# Anmelden
login-title = Anmelden
login-name = Benutzername
login-password = Passwort
login-submit = Anmelden
login-empty = Bitte geben Sie Benutzernamen und Passwort ein.
login-wrong = Benutzername oder Passwort stimmt nicht.

# Übersicht
overview-title = Mein Konto
overview-hello = Guten Tag,
overview-devices = { $count ->
    [0] Sie sind auf keinem Gerät angemeldet.
    [one] Sie sind auf einem Gerät angemeldet.
   *[other] Sie sind auf { $count } Geräten angemeldet.
 }
overview-password = Ein neues Passwort wählen. Ändern müssen Sie es nur, wenn es jemand kennt.
overview-link = Ein Gerät ohne Tastatur mit einem Code anmelden.

# Geräte
devices-title = Geräte
devices-intro = Hier sind Sie angemeldet. Melden Sie ab, was Sie nicht mehr benutzen oder nicht kennen: Das Gerät verliert sofort den Zugang und seine Schlüssel.
devices-apps = Apps
devices-none = Sie sind mit keiner App angemeldet.
devices-browsers = Diese Seiten
devices-browser = Browser
devices-here = Dieser Browser
devices-used = zuletzt benutzt am { $day }
devices-sign-out-of = { $name } abmelden
devices-sign-out-all = Überall sonst abmelden
devices-sign-out-hint = Alle Apps und alle anderen Browser. Dieser Browser bleibt angemeldet.

# Passwort
password-title = Passwort ändern
password-nav = Passwort
password-intro = Lange Passwörter sind gute Passwörter: mehrere Wörter, die nicht zusammengehören.
password-old = Bisheriges Passwort
password-new = Neues Passwort
password-again = Neues Passwort noch einmal
password-sign-out = Alle Apps abmelden
password-submit = Passwort ändern
password-differs = Die beiden neuen Passwörter sind verschieden.
password-weak = Dieses Passwort ist zu kurz, zu einfach oder war schon einmal Ihres.
password-old-wrong = Das bisherige Passwort stimmt nicht.

# Apps anmelden
authorize-title = App anmelden?
authorize-intro = Eine App möchte Sie in Kontor anmelden.
authorize-client = App
authorize-host = Adresse
authorize-account = Ihr Konto
authorize-rights = Sie kann dann in Ihrem Namen lesen und schreiben. Stimmen Sie nur zu, wenn Sie die Anmeldung selbst begonnen haben.
authorize-allow = Anmelden
authorize-refuse = Ablehnen

# Gerät mit Code
link-title = Gerät mit Code anmelden
link-intro = Geben Sie den Code ein, den das andere Gerät anzeigt.
link-code = Code
link-submit = Weiter
link-wrong = Diesen Code gibt es nicht oder nicht mehr. Codes gelten zehn Minuten.
link-question = Dieses Gerät möchte sich in Ihrem Konto anmelden:
link-warning = Stimmen Sie nur zu, wenn das Gerät vor Ihnen steht. Niemand von uns fragt nach solchen Codes.
link-allowed = Das Gerät wird angemeldet. Sie können diese Seite schließen.
link-refused = Das Gerät wird nicht angemeldet.

# Passkeys und zweiter Faktor
login-or = oder
login-passkey = Mit Passkey anmelden
login-trouble = Sie kommen nicht hinein? Ihre Administration hilft weiter: Sie schickt Ihnen einen Link für ein neues Passwort oder setzt den zweiten Faktor zurück.
passkey-failed = Das hat nicht geklappt oder wurde abgebrochen. Versuchen Sie es noch einmal.
passkey-wrong = Dieser Passkey passt nicht, oder die Anfrage ist abgelaufen. Versuchen Sie es noch einmal.
passkey-needs-script = Passkeys brauchen JavaScript. Ohne geht die Authenticator-App.
confirm-title = Zeigen Sie, dass Sie es sind
confirm-intro = Ein Schritt noch, damit niemand sonst in Ihr Konto kommt.
confirm-passkey = Passkey verwenden
confirm-totp = Code aus der Authenticator-App
confirm-recovery = Wiederherstellungscode
confirm-lost = Ich habe gerade nichts davon
confirm-submit = Weiter
confirm-wrong = Das stimmt nicht. Codes aus der App gelten 30 Sekunden und nur einmal.
enrol-title = Zweiten Faktor einrichten
enrol-must = Ihre Organisation verlangt mehr als ein Passwort. Richten Sie jetzt einen Passkey oder eine App ein; das dauert eine Minute. Für manche Konten ist ein Passkey Pflicht.
enrol-intro = Je mehr Wege Sie einrichten, desto leichter kommen Sie hinein, wenn einer verloren geht.
enrol-passkey = Passkey
enrol-passkey-intro = Am einfachsten und am sichersten: Sie melden sich mit Fingerabdruck, Gesicht oder PIN Ihres Geräts an, ganz ohne Passwort.
enrol-passkey-name = Name, zum Beispiel „Mein Telefon“
enrol-passkey-unnamed = Passkey
enrol-passkey-submit = Passkey einrichten
enrol-totp = Authenticator-App
enrol-totp-intro = Scannen Sie das Bild mit einer App wie Aegis oder der Ihres Passwortspeichers und geben Sie den Code ein, den sie zeigt.
enrol-totp-picture = QR-Code für die App. Der Schlüssel steht auch als Text darunter.
enrol-totp-by-hand = Oder geben Sie diesen Schlüssel in die App ein:
enrol-totp-submit = App einrichten
enrol-code-wrong = Dieser Code stimmt nicht. Scannen Sie das neue Bild und geben Sie den Code ein, den die App dann zeigt.
overview-security = Passkeys, Authenticator-App und Codes für den Notfall.
security-title = Sicherheit
security-intro = Womit Sie außer dem Passwort zeigen, dass Sie es sind.
security-passkeys = Passkeys
security-passkeys-none = Sie haben noch keinen Passkey.
security-totp-none = Sie haben noch keine App eingerichtet.
security-since = eingerichtet am { $day }
security-remove = Entfernen
security-remove-named = { $name } entfernen
security-rename = Umbenennen
security-name-wrong = Dieser Name ist leer oder zu lang.
security-last = Das geht nicht: Es ist Ihr letzter zweiter Faktor, und Ihre Organisation verlangt einen. Richten Sie zuerst einen anderen ein.
security-codes = Wiederherstellungscodes
security-codes-left = { $count ->
    [0] Sie haben keine Codes. Ohne sie hilft nur Ihre Administration, wenn Telefon und Passkey verloren gehen.
    [one] Sie haben noch einen Code.
   *[other] Sie haben noch { $count } Codes.
 }
security-codes-make = Neue Codes erstellen
security-codes-hint = Frühere Codes gelten dann nicht mehr.
security-codes-new = Ihre neuen Codes
security-codes-keep = Drucken Sie sie aus oder schreiben Sie sie auf, und bewahren Sie sie sicher auf: Sie werden nur dieses eine Mal gezeigt. Jeder gilt einmal.

# Einladung und neues Passwort
reset-title = Neues Passwort
reset-intro = Wählen Sie ein neues Passwort für
reset-submit = Passwort speichern
invitation-title = Willkommen
invitation-intro = Sie sind zu Kontor bei { $organisation } eingeladen. Hier legen Sie Ihr Konto an.
invitation-display-name = Ihr Name, wie andere ihn sehen
invitation-password-hint = Lassen Sie es leer, wenn Sie lieber einen Passkey einrichten: Danach fragen wir Sie gleich.
invitation-name-taken = Diesen Benutzernamen hat schon jemand.
invitation-name-wrong = Dieser Benutzername geht nicht. Erlaubt sind Kleinbuchstaben ohne Umlaute, Ziffern, Punkt und Bindestrich.
invitation-display-name-wrong = Dieser Name ist zu lang.
invitation-notice-title = Datenschutzhinweis
invitation-notice-what = Ihre Organisation ist verantwortlich für diesen Dienst. Gespeichert werden Ihr Name, Ihre Geräte mit dem Tag der letzten Nutzung, in welchen Räumen Sie sind und wann Sie dort schreiben. Der Inhalt verschlüsselter Räume ist für den Server nicht lesbar.
invitation-notice-rights = Sie können Auskunft, Berichtigung und Löschung verlangen und sich bei einer Aufsichtsbehörde beschweren. Wen Sie in Ihrer Organisation dafür ansprechen und wie lange was gespeichert bleibt, sagt Ihnen Ihre Administration oder Ihre Datenschutzbeauftragte.
invitation-notice-read = Ich habe den Datenschutzhinweis gelesen.
invitation-notice-missing = Bitte bestätigen Sie, dass Sie den Datenschutzhinweis gelesen haben.
invitation-submit = Konto anlegen
