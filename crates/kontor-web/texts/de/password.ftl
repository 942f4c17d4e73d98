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
password-hint = { $least ->
    [one] Mindestens ein Zeichen.
   *[other] Mindestens { $least } Zeichen.
}
password-hint-kinds = Mindestens { $least } Zeichen, darunter { $kinds } von diesen: Kleinbuchstaben, Großbuchstaben, Ziffern, andere Zeichen.
password-too-short = Das Passwort ist zu kurz: Es braucht mindestens { $least } Zeichen.
password-too-uniform = Das Passwort ist zu einfach: Nehmen Sie mindestens { $least } von Kleinbuchstaben, Großbuchstaben, Ziffern und anderen Zeichen.
password-too-long = Das Passwort ist zu lang: höchstens 512 Bytes.
password-common = Dieses Passwort gehört zu denen, die andere zuerst probieren. Nehmen Sie ein anderes.
password-name = Das Passwort enthält einen Namen von Ihnen oder den der Organisation.
password-former = Dieses Passwort haben oder hatten Sie schon. Nehmen Sie ein anderes.
password-changed = Ihr Passwort ist geändert.
