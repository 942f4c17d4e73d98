# Rahmen aller Seiten
layout-skip = Zum Inhalt springen
layout-navigation = Mein Konto
layout-sign-out = Abmelden
layout-chat = Zum Chat
appearance-title = Aussehen
appearance-system = Wie das System
appearance-light = Hell
appearance-dark = Dunkel

# Was aus einem Formular geworden ist
layout-saved = Gespeichert.
layout-done = Erledigt.
layout-asked = Beantragt. Ausgeführt wird es, sobald eine zweite Person zustimmt.
layout-send-again = Sie haben bestätigt, wer Sie sind. Ausgeführt ist noch nichts: Was Sie eingegeben haben, steht noch da. Bitte prüfen Sie es und schicken Sie es noch einmal ab.

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
