# Frame of every page
layout-skip = Skip to content
layout-navigation = My account
layout-sign-out = Sign out
layout-chat = To the chat
appearance-title = Appearance
appearance-system = As the system
appearance-light = Light
appearance-dark = Dark

# What came of a form
layout-saved = Saved.
layout-done = Done.
layout-asked = Asked for. It is carried out as soon as a second person agrees.
layout-send-again = You have confirmed who you are. Nothing is done yet: what you have typed is still there. Please look at it and send it once more.

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
