# Übersicht
overview-title = Mein Konto
overview-suspended = Ihr Konto ist auf Lesen beschränkt: Sie sehen alles Neue, können aber nichts schreiben. Wenden Sie sich an Ihre Administration.
overview-hello = Guten Tag,
overview-devices = { $count ->
    [0] Sie sind auf keinem Gerät angemeldet.
    [one] Sie sind auf einem Gerät angemeldet.
   *[other] Sie sind auf { $count } Geräten angemeldet.
 }
overview-password = Ein neues Passwort wählen. Ändern müssen Sie es nur, wenn es jemand kennt.
overview-link = Ein Gerät ohne Tastatur mit einem Code anmelden.
overview-profile = Der Name, den andere sehen.
overview-data = Was zu Ihrem Konto gespeichert ist, und das Konto schließen.
