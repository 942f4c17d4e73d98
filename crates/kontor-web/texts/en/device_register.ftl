# Whose a device is, and lost devices
register-company = Company device
register-private = Private device
register-browser = Foreign browser
register-undeclared = not classified yet
register-whose = Whose device is this?
register-whose-named = Classification of { $name }
register-browser-hint = Nothing is kept in a foreign browser, and the sign-in ends after a short time. That time never becomes longer afterwards: sign in again for that.
register-save = Save
register-refused = Your organisation does not let such devices in. Ask your administration if it is a company device.
register-update = This app is out of date. Update it to version { $minimum } or newer; from { $day } on it is no longer let in.
lost-link = Lost a device?
lost-title = Lost device
lost-intro = Report it at once, even if it may turn up again: you can sign in there again then.
lost-which = Which device is gone?
lost-choose = Please choose the device.
lost-submit = Report as lost and sign out
lost-submit-hint = The device loses access at once. As soon as it connects again, the app deletes its keys.
lost-reported = The device is signed out.
lost-todo = What is to be done now
lost-done = Done
lost-signed-out = Device signed out
lost-signed-out-hint = New messages are encrypted with new keys that it does not get.
lost-password = Change password
lost-password-hint = In case it was stored on the device.
lost-app-passwords = End app passwords
lost-app-passwords-hint = { $count ->
    [0] You have none.
    [one] You have one.
   *[other] You have { $count }.
}
lost-end-all = End all
lost-browsers = Sign other browsers out
lost-browsers-hint = { $count ->
    [0] No other one is signed in.
    [one] Another one is signed in.
   *[other] { $count } others are signed in.
}
lost-factors = Check passkeys and authenticator app
lost-factors-hint = Remove what was on the device.
lost-told = Administration and data protection
lost-told-hint = The report is in the log of your organisation. Call in addition if the device was not locked: the supervisory authority has to be told within 72 hours.
authorize-kind-hint = Nothing is kept in a foreign browser, and the sign-in ends after a short time.
