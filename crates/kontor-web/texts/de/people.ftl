# Rollen
role-user = Person der Organisation
role-guest = Gast
role-org-admin = Administration
role-tech-admin = Technik
role-dsb = Datenschutz
role-betriebsrat = Betriebsrat
role-compliance = Compliance
role-auditor = Revision
role-from-beginning = von Anfang an
role-provider-operator = Betreiber

# Personen
people-title = Personen
people-summary = Personen finden, einladen, sperren und ihnen wieder hineinhelfen.
people-intro = Sie sehen, wer ein Konto hat und wie es geschützt ist, nie was jemand schreibt.
people-invite = Jemanden einladen
people-search = Suche
people-search-words = Name, Kennung oder Mailadresse
people-search-submit = Suchen
people-role = Rolle
people-state = Zustand
people-any = alle
people-state-open = alle außer geschlossenen
people-state-active = aktiv
people-state-suspended = nur lesend
people-state-locked = gesperrt
people-state-closed = geschlossen
people-none = Niemand gefunden
people-one = Eine Person
people-found = { $count } Personen
people-pages = Seiten
people-before = Vorige
people-after = Nächste

# Einladen
invite-title = Einladen
invite-new = Neue Einladung
invite-display-name = Name, wie andere ihn sehen
invite-username = Benutzername
invite-mail = Mailadresse
invite-kind = Wird
invite-term = Gültig
invite-days = { $days ->
    [one] 1 Tag
   *[other] { $days } Tage
}
invite-hint = Alle Felder dürfen leer bleiben: Dann wählt die eingeladene Person selbst. Der Link gilt für ein Konto.
invite-by-mail = Per Mail einladen
invite-by-link = Link erzeugen
invite-made = Der Link zur Einladung
invite-made-what = Er wird nur jetzt gezeigt. Geben Sie ihn nur der eingeladenen Person, auf einem Weg, den nur sie liest.
invite-mailed = Die Einladung geht per Mail hinaus.
invite-until = gültig bis { $when }
invite-over = abgelaufen am { $when }
invite-waits = Die Mail wartet auf den Mailserver.
invite-nameless = Ohne Namen
invite-by = von
invite-pending = Noch nicht angenommen
invite-pending-none = Keine offenen Einladungen.
invite-again = Erneut einladen

# Eine Person
person-title = Person
person-account = Konto
person-id = Kennung
person-login = Benutzername
person-mail = Mailadresse
person-mail-pending = Mailadresse, unbestätigt
person-created = Angelegt
person-proof = Identität
person-proof-none = nicht nachgewiesen
person-proof-over = nicht mehr nachgewiesen: Die Person hat ihren Namen am { $day } selbst geändert
person-proof-take-back = Nachweis zurücknehmen
person-ways = Meldet sich an mit
person-way-password = Passwort
person-way-passkeys = { $count ->
    [one] Passkey
   *[other] { $count } Passkeys
}
person-way-totp = Code-App
person-way-codes = { $count ->
    [one] einem Wiederherstellungscode
   *[other] { $count } Wiederherstellungscodes
}
person-way-none = nichts, noch nicht eingerichtet
person-lock = Sperren
person-unlock = Entsperren
person-suspend = Nur lesen lassen
person-unsuspend = Wieder schreiben lassen
person-sign-out = Überall abmelden
person-state-hint = Gesperrt: kommt nirgends hinein, die Geräte behalten ihre Schlüssel. Nur lesend: sieht alles Neue, kann aber nichts schreiben. Überall abmelden: alle Geräte verwerfen ihre Schlüssel und Nachrichten. Alles wirkt sofort.
person-guest-expires = Zugang endet am { $day }, wenn er nicht verlängert wird
person-guest-unused = Zugang ruht ab { $day }, wenn er bis dahin nicht benutzt wird
person-guest-renew = Gast verlängern
person-close = Konto schließen
person-close-what = Für immer: Alle Geräte werden abgemeldet, Passwort, Schlüssel, Profil und Rollen gelöscht, alle Räume verlassen. Was die Person geschrieben hat, bleibt dort, bis dessen Frist abläuft. Wer nur vorübergehend nicht hinein soll, wird gesperrt.
person-close-type = Zur Sicherheit: Geben Sie die Kennung der Person ein ({ $name })
person-close-wrong = Das ist nicht die Kennung dieser Person. Das Konto besteht weiter.
person-close-submit = Konto endgültig schließen
person-help = Wieder hineinhelfen
person-reset-password = Link für ein neues Passwort
person-reset-factors = Zweite Faktoren entfernen
person-help-hint = Der Link gilt einen Tag und für ein neues Passwort; der zweite Faktor wird weiter verlangt. Entfernen Sie zweite Faktoren nur, wenn Sie sicher sind, mit wem Sie sprechen. Die Person erfährt beides per Mail.
person-reset-made = Link für ein neues Passwort
person-reset-made-what = Er wird nur jetzt gezeigt. Geben Sie ihn nur dieser Person, auf einem Weg, den nur sie liest.
person-reset-open = Offener Link für ein neues Passwort
person-devices = Geräte
person-devices-none = Mit keinem Gerät angemeldet.
person-browsers = Angemeldete Browser
person-app-passwords = App-Passwörter
person-roles = Rollen
person-roles-none = Keine besondere Rolle.
person-roles-hint = Rollen, über die eine zweite Person entscheidet, beantragen Sie hier; erlaubt wird unter „Freigaben“.
person-role-four-eyes = { $role } (mit zweiter Person)
person-roles-clash = Diese Rollen darf niemand zusammen haben, oder es wäre die letzte Administration.
person-guest-in-rooms = Gast kann erst werden, wer die Räume nur für die Organisation verlassen hat.
person-not-you = Das dürfen Sie bei dieser Person nicht: Sie hat Rollen, die Sie nicht haben, oder verwaltet selbst Personen.
person-prove = Identität nachweisen
person-prove-what = Was Sie geprüft haben, zeigt allen ein Zeichen neben dem Namen. Kopien von Ausweisen werden nicht aufbewahrt.
person-lost = Das Gerät ist abgemeldet
person-lost-done = Es verliert sofort den Zugang; sobald es sich wieder verbindet, löscht die App ihre Schlüssel. Auch die Browser der Person sind abgemeldet und ihre App-Passwörter beendet.
person-lost-password = War ihr Passwort auf dem Gerät gespeichert? Dann machen Sie unten einen Link für ein neues.
person-lost-factors = War ihr Passkey oder ihre Code-App auf dem Gerät? Dann entfernen Sie unten die zweiten Faktoren, sobald Sie sicher sind, mit wem Sie sprechen.
person-lost-authority = War das Gerät nicht gesperrt? Dann sagen Sie es gleich dem Datenschutz: Eine Meldung an die Aufsicht muss binnen 72 Stunden erfolgen.
