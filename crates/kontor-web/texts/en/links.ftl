# Invitation and new password
link-over-title = This link is no longer good
link-over-why = It was used already, taken back, or its time is over.
link-over-what = If you have made an account or chosen a password with it, just sign in. Else ask your administration for a new link.
link-over-sign-in = To the sign-in
reset-title = New password
reset-intro = Choose a new password for
reset-submit = Save password
invitation-title = Welcome
invitation-intro = You are invited to Kontor at { $organisation }. Here you make your account.
invitation-display-name = Your name as others see it
invitation-password-hint = { $count ->
    [one] Leave it empty if you would rather set up a passkey: we ask you right afterwards.
   *[other] At least { $count } characters. Leave it empty if you would rather set up a passkey: we ask you right afterwards.
}
invitation-guest = You are invited as a guest: you see the rooms that you are taken into, and your access ends after a time.
invitation-name-taken = Somebody has this user name already.
invitation-name-wrong = This user name is not possible. Lower-case letters without accents, digits, dot and hyphen are allowed.
invitation-display-name-missing = Please say under which name others see you; a pseudonym will do where it is allowed.
invitation-display-name-wrong = This name is not possible: 256 characters at most, and none that turn the direction of text.
invitation-notice-title = Privacy notice
invitation-notice-what = Your organization is responsible for this service. It stores your name, your devices with the day of their last use, which rooms you are in and when you write there. The server cannot read what is written in encrypted rooms.
invitation-notice-rights = You can ask for access, correction and erasure, and complain to a supervisory authority. Whom to ask in your organization, and how long what is kept, you learn from your administrator or your data protection officer.
invitation-notice-read = I have read the privacy notice.
invitation-notice-missing = Please confirm that you have read the privacy notice.
invitation-submit = Make my account
