# Anmelden
login-title = Anmelden
login-name = Benutzername
login-password = Passwort
login-submit = Anmelden
login-empty = Bitte geben Sie Benutzernamen und Passwort ein.
login-wrong = Benutzername oder Passwort stimmt nicht.
