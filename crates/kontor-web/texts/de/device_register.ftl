# Wessen Gerät es ist, und verlorene Geräte
register-company = Dienstgerät
register-private = Privates Gerät
register-browser = Fremder Browser
register-undeclared = noch nicht eingeordnet
register-whose = Wessen Gerät ist das?
register-whose-named = Einordnung von { $name }
register-browser-hint = In einem fremden Browser bleibt nichts gespeichert, und die Anmeldung endet nach kurzer Zeit. Die Frist wird nie nachträglich länger: Melden Sie sich dafür neu an.
register-save = Speichern
register-refused = Ihre Organisation lässt solche Geräte nicht zu. Fragen Sie Ihre Administration, wenn es ein Dienstgerät ist.
register-update = Diese App ist veraltet. Aktualisieren Sie sie auf Version { $minimum } oder neuer; ab { $day } wird sie nicht mehr zugelassen.
lost-link = Gerät verloren?
lost-title = Gerät verloren
lost-intro = Melden Sie es sofort, auch wenn es vielleicht wieder auftaucht: Danach können Sie sich dort neu anmelden.
lost-which = Welches Gerät ist weg?
lost-choose = Bitte wählen Sie das Gerät aus.
lost-submit = Als verloren melden und abmelden
lost-submit-hint = Das Gerät verliert sofort den Zugang. Sobald es sich wieder verbindet, löscht die App ihre Schlüssel.
lost-reported = Das Gerät ist abgemeldet.
lost-todo = Was jetzt zu tun ist
lost-done = Erledigt
lost-signed-out = Gerät abgemeldet
lost-signed-out-hint = Neue Nachrichten werden mit neuen Schlüsseln verschlüsselt, die es nicht bekommt.
lost-password = Passwort ändern
lost-password-hint = Falls es auf dem Gerät gespeichert war.
lost-app-passwords = App-Passwörter beenden
lost-app-passwords-hint = { $count ->
    [0] Sie haben keine.
    [one] Sie haben eines.
   *[other] Sie haben { $count }.
}
lost-end-all = Alle beenden
lost-browsers = Andere Browser abmelden
lost-browsers-hint = { $count ->
    [0] Kein anderer ist angemeldet.
    [one] Ein anderer ist angemeldet.
   *[other] { $count } andere sind angemeldet.
}
lost-factors = Passkeys und Authenticator-App prüfen
lost-factors-hint = Entfernen Sie, was auf dem Gerät war.
lost-told = Administration und Datenschutz
lost-told-hint = Die Meldung steht im Protokoll Ihrer Organisation. Rufen Sie zusätzlich an, wenn das Gerät nicht gesperrt war: Eine Meldung an die Aufsicht muss binnen 72 Stunden erfolgen.
authorize-kind-hint = In einem fremden Browser bleibt nichts gespeichert, und die Anmeldung endet nach kurzer Zeit.
