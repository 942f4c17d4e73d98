# Raumklassen
classes-title = Raumklassen
classes-summary = Wozu Räume da sind, wer hinein darf, wer mitlesen kann und wie lange Nachrichten bleiben.
classes-intro = Die Klasse wird beim Anlegen gewählt, steht im ersten Ereignis des Raums und ändert sich nie. Der Server setzt sie für jedes Programm durch. Wer etwas anderes braucht, legt einen Nachfolger an; ihm treten alle neu bei.
classes-class = Klasse
classes-table = Raumklassen und was aus ihnen folgt
classes-rooms = Räume
classes-kept = Nachrichten bleiben
classes-outsiders = Gäste und Partner
classes-encryption = Ende-zu-Ende-Verschlüsselung
classes-supervision = Aufsicht
classes-archive = Archiv
classes-hold = Aufbewahrung für Rechtsansprüche
classes-name = Name im Klartext
classes-protection = Schutzklasse
classes-announced = möglich, für alle sichtbar
classes-possible = möglich
classes-never = nie
classes-encrypted-always = immer
classes-encrypted-policy = nach den Einstellungen
classes-encrypted-optional = freigestellt
classes-days = { $count ->
    [one] { $count } Tag
   *[other] { $count } Tage
}
classes-hours = bis zur Zustellung an alle Geräte, höchstens { $count ->
    [one] { $count } Stunde
   *[other] { $count } Stunden
}
class-intern = Intern
class-intern-what = Arbeit unter den eigenen Leuten. Niemand von außen kommt hinein.
class-extern = Extern
class-extern-what = Arbeit mit Kunden und Partnern. Externe sind an jedem Namen zu erkennen.
class-handelsbrief = Handelsbrief
class-handelsbrief-what = Aufträge, Rechnungen und andere Geschäftsbriefe, die ein sichtbares Mitglied ins Archiv legt.
class-beaufsichtigt = Beaufsichtigt
class-beaufsichtigt-what = Genannte Personen sehen zu, mit Zweck, Rechtsgrundlage und Ende. Alle wissen es, bevor sie schreiben, und sehen jede Einsicht.
class-privat = Privat
class-privat-what = Privates unter den eigenen Leuten. Der Arbeitgeber kann nicht hineinsehen, nichts archivieren und nichts anhalten.
class-vertraulich = Vertraulich
class-vertraulich-what = Ein benannter Kreis: Betriebsrat, Datenschutz, Meldestelle, Berufsgeheimnis.
class-fluechtig = Flüchtig
class-fluechtig-what = Weg, sobald jedes Gerät die Nachricht hat.
class-bekanntmachung = Bekanntmachung
class-bekanntmachung-what = Nachrichten an alle. Sie sind für die Betreiber lesbar; schreiben darf nur die Redaktion.

# Aufsicht
supervision-title = Aufsicht
supervision-overview = Welche Ihrer Räume beaufsichtigt werden, von wem und wofür.
supervision-intro = Wird ein Raum beaufsichtigt, erfahren Sie es, bevor Sie dort schreiben. Jede Einsicht steht im Raum.
supervision-own = Ihre beaufsichtigten Räume
supervision-own-none = Keiner Ihrer Räume wird beaufsichtigt.
supervision-room = Raum
supervision-by = Aufsicht
supervision-how = Art
supervision-continuous = liest laufend mit
supervision-on-occasion = nur aus angegebenem Anlass
supervision-basis = Rechtsgrundlage
supervision-balancing = Abwägung
supervision-agreement = Betriebsvereinbarung
supervision-until = Bis
supervision-members = Mitglieder
supervision-looks = Einsichten in den letzten 30 Tagen
supervision-over = beendet
supervision-acknowledged = Zur Kenntnis genommen am { $when }.
supervision-information = Das ist eine Information und keine Einwilligung. Erst danach können Sie in diesem Raum schreiben.
supervision-acknowledge = Zur Kenntnis genommen
supervision-register = Alles, was beaufsichtigt wird
supervision-register-what = Dieses Verzeichnis sehen alle in der Organisation. Namen von Räumen stehen nicht darin.
supervision-register-none = Zurzeit wird nichts beaufsichtigt.
