# Administration
admin-link = Administration
admin-navigation = Areas of the administration
admin-overview-title = Overview
admin-overview-summary = How things are, and what is to be done.
