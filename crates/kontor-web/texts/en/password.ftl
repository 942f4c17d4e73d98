# Password
password-title = Change password
password-nav = Password
password-intro = Long passwords are good passwords: several words that do not belong together.
password-old = Present password
password-new = New password
password-again = New password once more
password-sign-out = Sign out all apps
password-submit = Change password
password-differs = The two new passwords differ.
password-weak = This password is too short, too simple, or has been yours before.
password-old-wrong = The present password is wrong.
password-hint = { $least ->
    [one] At least one character.
   *[other] At least { $least } characters.
}
password-hint-kinds = At least { $least } characters, among them { $kinds } of these: small letters, capital letters, digits, other characters.
password-too-short = The password is too short: it needs at least { $least } characters.
password-too-uniform = The password is too simple: take at least { $least } of small letters, capital letters, digits and other characters.
password-too-long = The password is too long: 512 bytes at most.
password-common = This password is one of the first that others try. Take another one.
password-name = The password contains a name of yours or the organisation's.
password-former = You have or had this password already. Take another one.
password-changed = Your password is changed.
