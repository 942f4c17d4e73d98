# Overview
overview-todo = To do
overview-nothing = Nothing. All is well.
overview-condition = Condition
overview-guests = { $count ->
    [one] One guest loses access within the next 14 days.
   *[other] { $count } guests lose access within the next 14 days.
}
overview-approvals = { $count ->
    [one] One approval waits for a decision.
   *[other] { $count } approvals wait for a decision.
}
overview-holds = { $count ->
    [one] One hold waits to be looked at: is it still needed?
   *[other] { $count } holds wait to be looked at: are they still needed?
}
overview-holds-proposed = { $count ->
    [one] Proposed: end one hold that nobody has looked at for weeks.
   *[other] Proposed: end { $count } holds that nobody has looked at for weeks.
}
overview-weakened = { $count ->
    [one] One setting protects less than shipped.
   *[other] { $count } settings protect less than shipped.
}
overview-late-mail = Mails do not go out; the oldest has been waiting since { $when }. Check the mail server.
overview-slow = Writing to disk is slow: more than one write in a hundred takes longer than 50 ms.
overview-version = Version
overview-people = People
overview-signed-in-devices = Signed-in devices
overview-rooms = Rooms
overview-files = Files
overview-files-value = { $count } of { $size } altogether
overview-database = Database
overview-writes = Writes since the start
overview-writes-value = { $count }, { $slow } of them slower than 50 ms
overview-mails = Waiting mails
console-yes = yes
console-no = no
console-more = Show more
console-take-back = Take back

# Devices
console-devices-title = Devices
console-devices-summary = Which devices are signed in and which versions of programs are let in.
console-devices-intro = The register names neither devices nor addresses, and last use only to the week.
console-devices-register = Register
console-devices-none = Nobody is signed in on a device.
console-devices-week = used in the week of { $day }
console-devices-refused = Not let in by the settings.
console-devices-old = The program is too old.
console-devices-change = Change
console-devices-sign-out = Sign out
console-devices-lost = Report as lost
console-devices-lost-hint = “Lost” also signs the person out of all browsers and ends her app passwords.
console-devices-programs = Oldest versions of programs let in
console-devices-programs-what = Whoever uses an older version is warned and, after a grace, no longer let in. Keys and messages stay.
console-devices-programs-none = None decided yet.
console-devices-blocked = older ones are refused from { $when }
console-devices-program = Program, as it calls itself
console-devices-minimum = Oldest version
console-devices-minimum-wrong = This is no program name with a version, for example Element and 1.11.80.
console-devices-critical = Older ones are dangerous: refuse them after 72 hours at most
console-devices-decide = Decide

# Rooms
console-rooms-title = Rooms
console-rooms-summary = Which rooms there are and how big they are, never what is in them.
console-rooms-intro = Administrators see neither names nor members nor content of rooms.
console-rooms-all = All rooms
console-rooms-none = There are no rooms yet.
console-rooms-id = Id
console-rooms-joined = Members
console-rooms-invited = Invited
console-rooms-events = Entries
console-rooms-encrypted = Encrypted
console-rooms-published = In the room directory
console-rooms-created = Created
console-rooms-version = Room version
