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
