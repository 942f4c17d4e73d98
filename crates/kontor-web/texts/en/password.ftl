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
