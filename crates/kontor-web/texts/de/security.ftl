# Passkeys und zweiter Faktor
login-or = oder
login-passkey = Mit Passkey anmelden
login-trouble = Sie kommen nicht hinein? Ihre Administration hilft weiter: Sie schickt Ihnen einen Link für ein neues Passwort oder setzt den zweiten Faktor zurück.
passkey-failed = Das hat nicht geklappt oder wurde abgebrochen. Versuchen Sie es noch einmal.
passkey-wrong = Dieser Passkey passt nicht, oder die Anfrage ist abgelaufen. Versuchen Sie es noch einmal.
passkey-needs-script = Passkeys brauchen JavaScript. Ohne geht die Authenticator-App.
passkey-needs-script-always = Passkeys brauchen JavaScript: Schalten Sie es für diese Seite ein, oder nehmen Sie einen anderen Browser.
confirm-title = Zeigen Sie, dass Sie es sind
confirm-intro = Ein Schritt noch, damit niemand sonst in Ihr Konto kommt.
confirm-passkey = Passkey verwenden
confirm-totp = Code aus der Authenticator-App
confirm-recovery = Wiederherstellungscode
confirm-lost = Ich habe gerade nichts davon
confirm-submit = Weiter
confirm-wrong = Das stimmt nicht. Codes aus der App gelten 30 Sekunden und nur einmal.
confirm-recovery-wrong = Dieser Wiederherstellungscode gilt nicht. Jeder gilt nur einmal, und neue machen die alten ungültig.
confirm-password-wrong = Das Passwort stimmt nicht.
enrol-title = Zweiten Faktor einrichten
enrol-must = Ihre Organisation verlangt mehr als ein Passwort: einen Passkey oder eine Authenticator-App. Richten Sie eines davon jetzt ein; das dauert eine Minute.
enrol-must-passkey = Für Ihr Konto verlangt Ihre Organisation einen Passkey; eine Authenticator-App genügt nicht. Richten Sie ihn jetzt ein; das dauert eine Minute.
enrol-must-passkey-too = Die App ist eingerichtet. Für Ihr Konto ist außerdem ein Passkey Pflicht: Richten Sie ihn jetzt ein; das dauert eine Minute.
enrol-until-then = Bis dahin öffnet diese Anmeldung nichts anderes: weder Ihre Räume noch die Seiten Ihres Kontos.
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
