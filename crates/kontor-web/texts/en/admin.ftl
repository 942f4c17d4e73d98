# Administration
admin-link = Administration
admin-navigation = Areas of the administration
admin-overview-title = Overview
admin-overview-summary = How things are, and what is to be done.
console-older = Show older ones

# Approvals
approvals-title = Approvals
approvals-summary = What a second person has to allow.
approvals-intro = Nobody decides on grave matters alone: one person asks, a second one with another role allows exactly what is written here.
approvals-open = Open
approvals-decided = Decided
approvals-none = Nothing.
approvals-until = open until { $when }
approvals-approve = Allow
approvals-refuse = Refuse
approvals-take-back = Take back
approvals-too-late = This was decided already, or its time is over.
approvals-not-you = Somebody else with another role has to allow this.
approvals-council = The works council has to allow this, or the request has to name the agreement with it.
approvals-waiting = open
approvals-approved = allowed
approvals-refused = refused
approvals-failed = allowed, but could not be done
approvals-expired = expired
approvals-give-role = Give role
approvals-take-role = Take role
approvals-look-up = Look up pseudonym
