# App passwords
app-passwords-title = App passwords
app-passwords-intro = For older programs that cannot sign in through these pages. An app password is good for signing in to a program only, not for these pages. If you remove it, the program is signed out at once.
app-passwords-made = App password for { $name }
app-passwords-once = Enter it in the program now. It will not be shown again.
app-passwords-held = Your app passwords
app-passwords-none = You have none.
app-passwords-new = New app password
app-passwords-name = What for?
app-passwords-name-hint = For example the name of the program and of the device.
app-passwords-name-wrong = Please enter a name with at most 64 characters.
app-passwords-enough = You have fifty app passwords already. Remove some first.
app-passwords-submit = Make app password
app-passwords-overview = For older programs
