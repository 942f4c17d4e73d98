# Room classes
classes-title = Room classes
classes-summary = What rooms are for, who may come in, who can read along and how long messages stay.
classes-intro = The class is chosen when a room is created, stands in its first event and never changes. The server enforces it for every program. Whoever needs another one creates a successor; everybody joins that anew.
classes-class = Class
classes-table = Room classes and what follows from them
classes-rooms = Rooms
classes-kept = Messages stay
classes-outsiders = Guests and partners
classes-encryption = End-to-end encryption
classes-supervision = Supervision
classes-archive = Archive
classes-hold = Legal hold
classes-name = Name in clear
classes-protection = Protection class
classes-announced = possible, seen by everybody
classes-possible = possible
classes-never = never
classes-encrypted-always = always
classes-encrypted-policy = as the settings say
classes-encrypted-optional = optional
classes-days = { $count ->
    [one] { $count } day
   *[other] { $count } days
}
classes-hours = until delivered to every device, at most { $count ->
    [one] { $count } hour
   *[other] { $count } hours
}
class-intern = Internal
class-intern-what = Work among your own people. Nobody from outside comes in.
class-extern = External
class-extern-what = Work with customers and partners. Outsiders are marked at every name.
class-handelsbrief = Business letters
class-handelsbrief-what = Orders, invoices and other business letters, put into the archive by a visible member.
class-beaufsichtigt = Supervised
class-beaufsichtigt-what = Named people watch, with a purpose, a legal basis and an end. Everybody knows before they write, and sees every look.
class-privat = Private
class-privat-what = Private talk among your own people. The employer cannot look in, archive nothing and hold nothing back.
class-vertraulich = Confidential
class-vertraulich-what = A named circle: works council, data protection, reporting office, professional secrecy.
class-fluechtig = Ephemeral
class-fluechtig-what = Gone as soon as every device has the message.
class-bekanntmachung = Announcement
class-bekanntmachung-what = News for everybody. Whoever runs the server can read them; only editors may write.

# Supervision
supervision-title = Supervision
supervision-overview = Which of your rooms are supervised, by whom and for what.
supervision-intro = If a room is supervised, you learn of it before you write there. Every look is shown in the room.
supervision-own = Your supervised rooms
supervision-own-none = None of your rooms is supervised.
supervision-room = Room
supervision-by = Supervision
supervision-how = Kind
supervision-continuous = reads all the time
supervision-on-occasion = only for a reason given
supervision-basis = Legal basis
supervision-balancing = Balancing
supervision-agreement = Works agreement
supervision-until = Until
supervision-members = Members
supervision-looks = Looks in the last 30 days
supervision-over = ended
supervision-acknowledged = Acknowledged on { $when }.
supervision-information = This is information, not consent. Only after it can you write in this room.
supervision-acknowledge = I have read this
supervision-register = Everything that is supervised
supervision-register-what = Everybody in the organisation sees this list. It holds no names of rooms.
supervision-register-none = Nothing is supervised at present.
