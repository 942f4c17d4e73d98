# Verwaltung
admin-link = Verwaltung
admin-navigation = Bereiche der Verwaltung
admin-overview-title = Überblick
admin-overview-summary = Zustand und was zu tun ist.
