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
