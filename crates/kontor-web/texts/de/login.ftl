# Anmelden
login-title = Anmelden
login-name = Benutzername
login-password = Passwort
login-submit = Anmelden
login-empty = Bitte geben Sie Benutzernamen und Passwort ein.
login-wrong = Benutzername oder Passwort stimmt nicht.
login-locked = Dieses Konto ist gesperrt. Wenden Sie sich an Ihre Administration.
