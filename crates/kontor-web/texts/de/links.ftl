# Einladung und neues Passwort
link-over-title = Dieser Link gilt nicht mehr
link-over-why = Er wurde schon benutzt, zurückgenommen, oder seine Zeit ist vorbei.
link-over-what = Haben Sie damit schon ein Konto angelegt oder ein Passwort gewählt, melden Sie sich einfach an. Sonst bitten Sie Ihre Administration um einen neuen Link.
link-over-sign-in = Zur Anmeldung
reset-title = Neues Passwort
reset-intro = Wählen Sie ein neues Passwort für
reset-submit = Passwort speichern
invitation-title = Willkommen
invitation-intro = Sie sind zu Kontor bei { $organisation } eingeladen. Hier legen Sie Ihr Konto an.
invitation-display-name = Ihr Name, wie andere ihn sehen
invitation-password-hint = { $count ->
    [one] Lassen Sie es leer, wenn Sie lieber einen Passkey einrichten: Danach fragen wir Sie gleich.
   *[other] Mindestens { $count } Zeichen. Lassen Sie es leer, wenn Sie lieber einen Passkey einrichten: Danach fragen wir Sie gleich.
}
invitation-guest = Sie sind als Gast eingeladen: Sie sehen die Räume, in die man Sie holt, und Ihr Zugang ist befristet.
invitation-name-taken = Diesen Benutzernamen hat schon jemand.
invitation-name-wrong = Dieser Benutzername geht nicht. Erlaubt sind Kleinbuchstaben ohne Umlaute, Ziffern, Punkt und Bindestrich.
invitation-display-name-missing = Bitte geben Sie an, wie andere Sie sehen sollen; ein Pseudonym genügt, wo es erlaubt ist.
invitation-display-name-wrong = Dieser Name geht nicht: höchstens 256 Zeichen, und keine, die die Schreibrichtung umkehren.
invitation-notice-title = Datenschutzhinweis
invitation-notice-what = Ihre Organisation ist verantwortlich für diesen Dienst. Gespeichert werden Ihr Name, Ihre Geräte mit dem Tag der letzten Nutzung, in welchen Räumen Sie sind und wann Sie dort schreiben. Der Inhalt verschlüsselter Räume ist für den Server nicht lesbar.
invitation-notice-rights = Sie können Auskunft, Berichtigung und Löschung verlangen und sich bei einer Aufsichtsbehörde beschweren. Wen Sie in Ihrer Organisation dafür ansprechen und wie lange was gespeichert bleibt, sagt Ihnen Ihre Administration oder Ihre Datenschutzbeauftragte.
invitation-notice-read = Ich habe den Datenschutzhinweis gelesen.
invitation-notice-missing = Bitte bestätigen Sie, dass Sie den Datenschutzhinweis gelesen haben.
invitation-submit = Konto anlegen
