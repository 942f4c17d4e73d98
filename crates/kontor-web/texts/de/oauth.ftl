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
