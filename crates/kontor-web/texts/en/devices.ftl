# Devices
devices-title = Devices
devices-intro = This is where you are signed in. Sign out what you no longer use or do not know: the device loses its access and its keys at once.
devices-apps = Apps
devices-none = You are signed in with no app.
devices-missing = The device that was asked for is not signed in any more.
devices-wanted = This one was asked for
devices-browsers = These pages
devices-browser = Browser
devices-here = This browser
devices-used = last used on { $day }
devices-sign-out-of = Sign out { $name }
devices-sign-out-all = Sign out everywhere else
devices-sign-out-hint = All apps and all other browsers. This browser stays signed in.
