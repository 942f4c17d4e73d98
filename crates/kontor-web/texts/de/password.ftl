# Passwort
password-title = Passwort ändern
password-nav = Passwort
password-intro = Lange Passwörter sind gute Passwörter: mehrere Wörter, die nicht zusammengehören.
password-old = Bisheriges Passwort
password-new = Neues Passwort
password-again = Neues Passwort noch einmal
password-sign-out = Alle Apps abmelden
password-submit = Passwort ändern
password-differs = Die beiden neuen Passwörter sind verschieden.
password-weak = Dieses Passwort ist zu kurz, zu einfach oder war schon einmal Ihres.
password-old-wrong = Das bisherige Passwort stimmt nicht.
