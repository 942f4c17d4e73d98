# Passkeys and second factor
login-or = or
login-passkey = Sign in with a passkey
login-trouble = Cannot get in? Your administrator can help: with a link to a new password, or by resetting your second factor.
passkey-failed = That did not work or was cancelled. Try again.
passkey-wrong = This passkey does not fit, or the request has expired. Try again.
passkey-needs-script = Passkeys need JavaScript. Without it, an authenticator app works.
passkey-needs-script-always = Passkeys need JavaScript: switch it on for this page, or take another browser.
confirm-title = Show that it is you
confirm-intro = One more step, so that nobody else gets into your account.
confirm-passkey = Use a passkey
confirm-totp = Code from the authenticator app
confirm-recovery = Recovery code
confirm-lost = I have none of these with me
confirm-submit = Continue
confirm-wrong = That is not right. Codes from the app are good for 30 seconds and only once.
confirm-recovery-wrong = This recovery code is not valid. Each is good only once, and new ones void the old.
confirm-password-wrong = The password is not right.
enrol-title = Set up a second factor
enrol-must = Your organization asks for more than a password: a passkey or an authenticator app. Set one of them up now; it takes a minute.
enrol-must-passkey = Your organization asks for a passkey on your account; an authenticator app is not enough. Set it up now; it takes a minute.
enrol-must-passkey-too = The app is set up. Your account needs a passkey, too: set it up now; it takes a minute.
enrol-until-then = Until then this sign-in opens nothing else: neither your rooms nor the pages of your account.
enrol-intro = The more ways you set up, the easier you get in when one is lost.
enrol-passkey = Passkey
enrol-passkey-intro = Easiest and safest: sign in with the fingerprint, face or PIN of your device, without any password.
enrol-passkey-name = Name, for example “My phone”
enrol-passkey-unnamed = Passkey
enrol-passkey-submit = Set up a passkey
enrol-totp = Authenticator app
enrol-totp-intro = Scan the picture with an app like Aegis or that of your password manager, and enter the code it shows.
enrol-totp-picture = QR code for the app. The key is also given as text below.
enrol-totp-by-hand = Or enter this key into the app:
enrol-totp-submit = Set up the app
enrol-code-wrong = This code is not right. Scan the new picture and enter the code the app shows then.
overview-security = Passkeys, authenticator app, and codes for emergencies.
security-title = Security
security-intro = How you show that it is you, besides your password.
security-passkeys = Passkeys
security-passkeys-none = You have no passkey yet.
security-totp-none = You have not set up an app yet.
security-since = set up on { $day }
security-remove = Remove
security-remove-named = Remove { $name }
security-rename = Rename
security-name-wrong = This name is empty or too long.
security-last = That is not possible: it is your last second factor, and your organization asks for one. Set up another one first.
security-codes = Recovery codes
security-codes-left = { $count ->
    [0] You have no codes. Without them, only your administrator can help if phone and passkey are lost.
    [one] You have one code left.
   *[other] You have { $count } codes left.
 }
security-codes-make = Make new codes
security-codes-hint = Earlier codes no longer work then.
security-codes-new = Your new codes
security-codes-keep = Print them or write them down, and keep them safe: they are shown only this once. Each works once.
