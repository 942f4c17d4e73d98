# Frame of every page
layout-skip = Skip to content
layout-navigation = My account
layout-sign-out = Sign out

# Errors
error-title = That did not work
error-back = To my account
error-forbidden = This is not allowed here, or the page is out of date. Please reload it and try again.
error-not-found = There is no such page.
error-gone = This has expired. Please begin once more.
error-invalid = The request is incomplete or wrong. If an app has sent you here: it is not registered here.
error-limited = Too many tries. Please wait a moment.
error-unavailable = The service does not answer right now. Please try again in a moment.
error-internal = Something went wrong on our side. Please try again.
error-too-often = Too many tries. Please wait { $seconds ->
    [one] one second
   *[other] { $seconds } seconds
 }.

# Signing in
login-title = Sign in
login-name = User name
login-password = Password
login-submit = Sign in
login-empty = Please enter user name and password.
login-wrong = User name or password is wrong.

# Overview
overview-title = My account
overview-hello = Hello,
overview-devices = { $count ->
    [0] You are signed in on no device.
    [one] You are signed in on one device.
   *[other] You are signed in on { $count } devices.
 }
overview-password = Choose a new password. You need to change it only if somebody knows it.
overview-link = Sign in a device without keyboard by a code.

# Devices
devices-title = Devices
devices-intro = This is where you are signed in. Sign out what you no longer use or do not know: the device loses its access and its keys at once.
devices-apps = Apps
devices-none = You are signed in with no app.
devices-browsers = These pages
devices-browser = Browser
devices-here = This browser
devices-used = last used on { $day }
devices-sign-out-of = Sign out { $name }
devices-sign-out-all = Sign out everywhere else
devices-sign-out-hint = All apps and all other browsers. This browser stays signed in.

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

# Signing in apps
authorize-title = Sign in an app?
authorize-intro = An app wants to sign you in to Kontor.
authorize-client = App
authorize-host = Address
authorize-account = Your account
authorize-rights = It can then read and write in your name. Agree only if you have begun this sign-in yourself.
authorize-allow = Sign in
authorize-refuse = Refuse

# Device with a code
link-title = Sign in a device by code
link-intro = Enter the code that the other device shows.
link-code = Code
link-submit = Continue
link-wrong = There is no such code, or no longer. Codes are good for ten minutes.
link-question = This device wants to sign in to your account:
link-warning = Agree only if the device is in front of you. None of us ever asks for such codes.
link-allowed = The device is being signed in. You may close this page.
link-refused = The device is not signed in.

# Passkeys and second factor
login-or = or
login-passkey = Sign in with a passkey
login-trouble = Cannot get in? Your administrator can help: with a link to a new password, or by resetting your second factor.
passkey-failed = That did not work or was cancelled. Try again.
passkey-wrong = This passkey does not fit, or the request has expired. Try again.
passkey-needs-script = Passkeys need JavaScript. Without it, an authenticator app works.
confirm-title = Show that it is you
confirm-intro = One more step, so that nobody else gets into your account.
confirm-passkey = Use a passkey
confirm-totp = Code from the authenticator app
confirm-recovery = Recovery code
confirm-lost = I have none of these with me
confirm-submit = Continue
confirm-wrong = That is not right. Codes from the app are good for 30 seconds and only once.
enrol-title = Set up a second factor
enrol-must = Your organization asks for more than a password. Set up a passkey or an app now; it takes a minute. For some accounts it must be a passkey.
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

# Invitation and new password
reset-title = New password
reset-intro = Choose a new password for
reset-submit = Save password
invitation-title = Welcome
invitation-intro = You are invited to Kontor at { $organisation }. Here you make your account.
invitation-display-name = Your name as others see it
invitation-password-hint = Leave it empty if you would rather set up a passkey: we ask you right afterwards.
invitation-name-taken = Somebody has this user name already.
invitation-name-wrong = This user name is not possible. Lower-case letters without accents, digits, dot and hyphen are allowed.
invitation-display-name-wrong = This name is too long.
invitation-notice-title = Privacy notice
invitation-notice-what = Your organization is responsible for this service. It stores your name, your devices with the day of their last use, which rooms you are in and when you write there. The server cannot read what is written in encrypted rooms.
invitation-notice-rights = You can ask for access, correction and erasure, and complain to a supervisory authority. Whom to ask in your organization, and how long what is kept, you learn from your administrator or your data protection officer.
invitation-notice-read = I have read the privacy notice.
invitation-notice-missing = Please confirm that you have read the privacy notice.
invitation-submit = Make my account
