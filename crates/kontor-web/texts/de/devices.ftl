# Geräte
devices-title = Geräte
devices-intro = Hier sind Sie angemeldet. Melden Sie ab, was Sie nicht mehr benutzen oder nicht kennen: Das Gerät verliert sofort den Zugang und seine Schlüssel.
devices-apps = Apps
devices-none = Sie sind mit keiner App angemeldet.
devices-missing = Das Gerät, nach dem gefragt wurde, ist nicht mehr angemeldet.
devices-wanted = Danach wurde gefragt
devices-browsers = Diese Seiten
devices-browser = Browser
devices-here = Dieser Browser
devices-used = zuletzt benutzt am { $day }
devices-sign-out-of = { $name } abmelden
devices-sign-out-all = Überall sonst abmelden
devices-sign-out-hint = Alle Apps und alle anderen Browser. Dieser Browser bleibt angemeldet.
