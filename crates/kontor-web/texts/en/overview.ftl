# Overview
overview-title = My account
overview-suspended = Your account is restricted to reading: you see everything new, but cannot write. Please ask your administration.
overview-hello = Hello,
overview-devices = { $count ->
    [0] You are signed in on no device.
    [one] You are signed in on one device.
   *[other] You are signed in on { $count } devices.
 }
overview-password = Choose a new password. You need to change it only if somebody knows it.
overview-link = Sign in a device without keyboard by a code.
overview-profile = The name that others see.
overview-data = What is stored about your account, and closing it.
