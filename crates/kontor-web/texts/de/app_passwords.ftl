# App-Passwörter
app-passwords-title = App-Passwörter
app-passwords-intro = Für ältere Programme, die keine Anmeldung über diese Seiten kennen. Ein App-Passwort gilt nur für die Anmeldung in einem Programm, nicht für diese Seiten. Wenn Sie es entfernen, ist das Programm sofort abgemeldet.
app-passwords-made = App-Passwort für { $name }
app-passwords-once = Geben Sie es jetzt in dem Programm ein. Es wird nicht noch einmal gezeigt.
app-passwords-held = Ihre App-Passwörter
app-passwords-none = Sie haben keine.
app-passwords-new = Neues App-Passwort
app-passwords-name = Wofür?
app-passwords-name-hint = Zum Beispiel der Name des Programms und des Geräts.
app-passwords-name-wrong = Bitte geben Sie einen Namen mit höchstens 64 Zeichen ein.
app-passwords-enough = Sie haben schon fünfzig App-Passwörter. Entfernen Sie zuerst welche.
app-passwords-submit = App-Passwort anlegen
app-passwords-overview = Für ältere Programme
