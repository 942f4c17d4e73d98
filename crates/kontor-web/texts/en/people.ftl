# Roles
role-user = Person of the organisation
role-guest = Guest
role-org-admin = Administration
role-tech-admin = Technical staff
role-dsb = Data protection
role-betriebsrat = Works council
role-compliance = Compliance
role-auditor = Audit
role-from-beginning = from the beginning
role-provider-operator = Provider

# People
people-title = People
people-summary = Find people, invite, lock and help them back in.
people-intro = You see who has an account and how it is protected, never what anybody writes.
people-invite = Invite somebody
people-search = Search
people-search-words = Name, id or mail address
people-search-submit = Search
people-role = Role
people-state = State
people-any = all
people-state-open = all but closed ones
people-state-active = active
people-state-suspended = read only
people-state-locked = locked
people-state-closed = closed
people-none = Nobody found
people-one = One person
people-found = { $count } people
people-pages = Pages
people-before = Previous
people-after = Next

# Inviting
invite-title = Invite
invite-new = New invitation
invite-display-name = Name as others see it
invite-username = User name
invite-mail = Mail address
invite-kind = Becomes
invite-term = Valid for
invite-days = { $days ->
    [one] 1 day
   *[other] { $days } days
}
invite-hint = Every field may stay empty: then the invited person chooses. The link is good for one account.
invite-by-mail = Invite by mail
invite-by-link = Make a link
invite-made = The link of the invitation
invite-made-what = It is shown only now. Give it to the invited person alone, on a way that only she reads.
invite-mailed = The invitation is on its way by mail.
invite-until = good until { $when }
invite-over = ran out on { $when }
invite-waits = The mail waits for the mail server.
invite-nameless = Without a name
invite-by = by
invite-pending = Not accepted yet
invite-pending-none = No open invitations.
invite-again = Invite again

# A person
person-title = Person
person-account = Account
person-id = Id
person-login = User name
person-mail = Mail address
person-mail-pending = Mail address, not confirmed
person-created = Created
person-proof = Identity
person-proof-none = not proved
person-proof-over = no longer proved: the person changed the name on { $day }
person-proof-take-back = Take the proof back
person-ways = Signs in with
person-way-password = password
person-way-passkeys = { $count ->
    [one] passkey
   *[other] { $count } passkeys
}
person-way-totp = code app
person-way-codes = { $count ->
    [one] one recovery code
   *[other] { $count } recovery codes
}
person-way-none = nothing, not set up yet
person-lock = Lock
person-unlock = Unlock
person-suspend = Let read only
person-unsuspend = Let write again
person-sign-out = Sign out everywhere
person-state-hint = Locked: gets in nowhere, devices keep their keys. Read only: sees everything new, but cannot write. Sign out everywhere: all devices discard their keys and messages. All of it takes effect at once.
person-guest-expires = Access ends on { $day } unless it is prolonged
person-guest-unused = Access rests from { $day } on unless it is used before
person-guest-renew = Prolong guest
person-close = Close account
person-close-what = For good: all devices are signed out, password, keys, profile and roles are deleted, all rooms are left. What this person has written stays there until its time is over. Lock whoever is to stay out for a while only.
person-close-type = To be sure: type the id of this person ({ $name })
person-close-wrong = This is not the id of this person. The account is still there.
person-close-submit = Close account for good
person-help = Help back in
person-reset-password = Link to a new password
person-reset-factors = Remove second factors
person-help-hint = The link is good for a day and for a new password; the second factor is still asked for. Remove second factors only if you are sure whom you are talking to. The person learns of both by mail.
person-reset-made = Link to a new password
person-reset-made-what = It is shown only now. Give it to this person alone, on a way that only she reads.
person-reset-open = Open link to a new password
person-devices = Devices
person-devices-none = Signed in on no device.
person-browsers = Signed-in browsers
person-app-passwords = App passwords
person-roles = Roles
person-roles-none = No special role.
person-roles-hint = Roles that a second person decides on are requested here; they are allowed under “Approvals”.
person-role-four-eyes = { $role } (with a second person)
person-roles-clash = Nobody may hold these roles together, or it would be the last administration.
person-guest-in-rooms = Only who has left the rooms for the organisation alone can become a guest.
person-not-you = You may not do this to this person: she holds roles that you do not, or administers people herself.
person-prove = Prove the identity
person-prove-what = What you have checked is shown to everybody by a mark beside the name. Copies of documents are not kept.
person-lost = The device is signed out
person-lost-done = It loses access at once; as soon as it connects again, the app deletes its keys. The person's browsers are signed out, too, and her app passwords have ended.
person-lost-password = Was the password stored on the device? Then make a link for a new one below.
person-lost-factors = Was a passkey or the authenticator app on the device? Then remove the second factors below, once you are sure whom you are talking to.
person-lost-authority = Was the device not locked? Then tell data protection now: the supervisory authority has to be told within 72 hours.
