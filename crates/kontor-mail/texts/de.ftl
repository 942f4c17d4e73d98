# Mails. Kein Name, kein Inhalt von Nachrichten: nur was geschehen ist und wohin es geht.

closing =
    Diese Mail kommt von Kontor, dem Messenger von
    { $organisation }. Bitte antworten Sie nicht darauf.

confirm-address-subject = Bitte bestätigen Sie Ihre Mailadresse
confirm-address-text =
    Guten Tag,

    diese Adresse wurde bei einem Konto als Mailadresse angegeben. Wenn
    Sie das waren, bestätigen Sie sie hier; der Link gilt 24 Stunden:

    { $link }

    Wenn nicht, müssen Sie nichts tun.
forgotten-password-subject = Neues Passwort
forgotten-password-text =
    Guten Tag,

    für Ihr Konto wurde ein neues Passwort angefordert. Hier legen Sie es
    fest; der Link gilt 30 Minuten und einmal:

    { $link }

    Wenn Sie das nicht waren, müssen Sie nichts tun: Ihr Passwort bleibt,
    wie es ist.
invitation-subject = Einladung zu Kontor
invitation-text =
    Guten Tag,

    Sie sind eingeladen, sich bei Kontor ein Konto anzulegen. Der Link gilt
    einmal und höchstens sieben Tage:

    { $link }
locked-subject = Viele falsche Passwörter bei Ihrem Konto
locked-text =
    Guten Tag,

    bei Ihrem Konto wurde so oft ein falsches Passwort eingegeben, dass die
    Anmeldung eine Weile ruht. Angemeldete Geräte sind nicht betroffen.

    Wenn Sie das nicht waren, versucht jemand Ihr Passwort zu erraten. Es
    ist nicht bekannt geworden. Hier sehen Sie Ihre Anmeldungen:

    { $link }
new-device-subject = Neues Gerät bei Ihrem Konto
new-device-text =
    Guten Tag,

    bei Ihrem Konto wurde ein neues Gerät angemeldet. Wenn Sie das waren,
    müssen Sie nichts tun.

    Wenn nicht, melden Sie es hier ab und ändern Ihr Passwort:

    { $link }
factor-changed-subject = Zweiter Faktor geändert
factor-changed-text =
    Guten Tag,

    bei Ihrem Konto wurde ein zweiter Faktor eingerichtet oder entfernt, oder
    neue Wiederherstellungscodes wurden erstellt. Wenn Sie das waren, müssen
    Sie nichts tun.

    Wenn nicht, sehen Sie hier nach und melden es Ihrer Organisation:

    { $link }
recovery-code-used-subject = Ein Wiederherstellungscode wurde benutzt
recovery-code-used-text =
    Guten Tag,

    bei Ihrem Konto wurde ein Wiederherstellungscode anstelle des zweiten
    Faktors benutzt. Er gilt nun nicht mehr. Wenn Sie das waren, prüfen Sie,
    wie viele Codes Sie noch haben.

    Wenn nicht, kennt jemand Ihr Passwort und Ihre Codes: Ändern Sie beides
    und melden Sie es Ihrer Organisation:

    { $link }
password-changed-subject = Ihr Passwort wurde geändert
password-changed-text =
    Guten Tag,

    das Passwort Ihres Kontos wurde geändert. Wenn Sie das waren, müssen
    Sie nichts tun.

    Wenn nicht, melden Sie es Ihrer Organisation und setzen hier ein neues:

    { $link }
address-changed-subject = Ihre Mailadresse wurde geändert
address-changed-text =
    Guten Tag,

    diese Adresse gilt für Ihr Konto nicht mehr. Wenn Sie das waren, müssen
    Sie nichts tun.

    Wenn nicht, melden Sie es Ihrer Organisation und sehen hier nach:

    { $link }
device-lost-subject = Gerät als verloren gemeldet
device-lost-text =
    Guten Tag,

    bei Ihrem Konto wurde ein Gerät als verloren gemeldet und abgemeldet.

    Was jetzt noch zu tun ist, steht hier:

    { $link }
guest-ends-subject = Die Zeit von Gästen endet
guest-ends-text =
    Guten Tag,

    Gäste, die Sie zu { $organisation } eingeladen haben, verlieren in
    spätestens 14 Tagen ihren Zugang. Wer noch gebraucht wird, kann hier
    verlängert werden:

    { $link }
hold-placed-subject = Nachrichten werden aufbewahrt
hold-placed-text =
    Guten Tag,

    { $organisation } bewahrt Nachrichten, die Sie betreffen, über ihre Frist
    hinaus auf, weil ein Rechtsanspruch sie brauchen kann. In welcher Sache,
    auf welcher Grundlage und wie lange, steht hier:

    { $link }
hold-released-subject = Eine Aufbewahrung ist beendet
hold-released-text =
    Guten Tag,

    { $organisation } hat eine Aufbewahrung von Nachrichten, die Sie betreffen,
    beendet. Was nur ihretwegen noch da war, wird gelöscht. Andere
    Aufbewahrungen, falls es welche gibt, stehen hier:

    { $link }
hold-review-due-subject = Eine Aufbewahrung ist zu prüfen
hold-review-due-text =
    Guten Tag,

    bei { $organisation } hat seit mehr als 90 Tagen niemand geprüft, ob eine
    Aufbewahrung von Nachrichten noch nötig ist. Bitte sagen Sie es hier, oder
    beenden Sie sie:

    { $link }
hold-release-proposed-subject = Vorschlag: eine Aufbewahrung beenden
hold-release-proposed-text =
    Guten Tag,

    bei { $organisation } hat trotz zweier Hinweise niemand gesagt, dass eine
    Aufbewahrung von Nachrichten noch nötig ist. Ohne Grund darf nichts länger
    aufbewahrt werden: es wird vorgeschlagen, sie zu beenden. Von selbst geschieht
    das erst an ihrem Ende. Bitte entscheiden Sie hier:

    { $link }
