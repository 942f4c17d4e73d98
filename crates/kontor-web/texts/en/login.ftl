# Signing in
login-title = Sign in
login-name = User name
login-password = Password
login-submit = Sign in
login-empty = Please enter user name and password.
login-wrong = User name or password is wrong.
login-locked = This account is locked. Please ask your administration.
