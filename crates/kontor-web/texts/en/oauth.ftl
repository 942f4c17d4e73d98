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
