# Profile
profile-title = Profile
profile-name = Name that others see
profile-name-hint = A pseudonym will do, unless you have agreed otherwise with your organisation.
profile-name-missing = Your organisation needs a name that others see.
profile-name-wrong = This name is not possible: 256 characters at most, and none that turn the direction of text.
profile-name-proved = Your organisation has confirmed under this name who you are. If you take another one, you count as unconfirmed until your administration has checked that one, too.
profile-name-proof-over = You changed your name on { $day }. Since then you count as unconfirmed; your administration can check and confirm the new name.
profile-name-off = Your organisation shows no names.
profile-save = Save
profile-picture = Picture
profile-picture-is = Others see a picture of you. Choose a new one in your app.
profile-picture-remove = Remove picture

# My data
data-title = My data
data-intro = This is what is stored about your account. Messages and files lie encrypted in your rooms; only the people there can read them.
data-account = Account
data-user-id = Id
data-created = Created on
data-proof = Identity
data-proof-none = not confirmed
data-proof-over = no longer confirmed, because you changed your name
data-proof-in-person = checked in person
data-proof-records = confirmed by personnel records
data-proof-invited = invited
data-proof-created = created by the administration
data-role = Role
data-notice = Privacy notice read
data-time-zone = Time zone
data-profile-none = Your profile is empty.
data-profile-change = Change profile
data-use = Use
data-rooms = Rooms
data-app-passwords = App passwords
data-not = Not stored: when you are online, what you search for, which rooms you open. When a device was last used is known to the day.
data-close = You can close your account yourself at any time.

# Closing the account
close-title = Close account
close-what = All devices are signed out. Password, keys, profile and roles are deleted, and you leave all rooms. This cannot be undone.
close-rest = What you have written stays in the rooms until its time is over.
close-type = To be sure: type your id ({ $name })
close-wrong = This is not your id.
close-last = You are the last administrator: give that role to somebody else first.
close-submit = Close account for good
close-no = Rather not

# Replacing keys
keys-title = Replace keys
keys-what = An app wants to replace the keys by which others recognise you. Afterwards the people you talk with must confirm you anew, and old messages open with the recovery key only.
keys-when = Allow this only if you have just begun it yourself in your app.
keys-allow = Allow replacing
keys-allowed = Allowed, once and for ten minutes. Now go back to your app.
privacy-title = What others see
privacy-summary = Whether others see that you are there, read or write.
privacy-intro = You may always be stricter than your organisation. Nobody learns that you have switched something off.
privacy-otherwise = as usual ({ $value })
privacy-submit = Apply
privacy-fixed = decided by your organisation
privacy-refused = Your organisation allows no less protection here.
