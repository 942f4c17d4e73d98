# Deletion by rule
deletion-title = Deletion
deletion-summary = What is deleted when, what a new period would delete, and certificates of it.
deletion-intro = Exactly one rule holds for each kind of data. Deleting goes on all the time in small steps; devices are told to forget what went, too. This page shows no content.
deletion-ages = Messages by room class
deletion-oldest = Oldest message
deletion-state = State
deletion-in-time = in time
deletion-overdue = { $hours ->
    [0] overdue for less than an hour
    [one] overdue for an hour
   *[other] overdue for { $hours } hours
}
deletion-stayed = Ephemeral rooms: measured time on the server
deletion-stayed-what = So long messages lay on the server in the last 30 days. They go as soon as every device has them, after 24 hours at the latest.
deletion-stayed-messages = Messages measured
deletion-stayed-half = Half of them at most (minutes)
deletion-stayed-longest = None longer than (minutes)
deletion-dry-run = Dry run
deletion-dry-run-what = Shows what a period would delete today. Nothing is deleted.
deletion-days = Period in days
deletion-days-wrong = Please enter a number from { $range }.
deletion-dry-run-do = Show what would be deleted
deletion-foreseen = Would be deleted in rooms of class “{ $class }”
deletion-messages = Messages
deletion-files = Files
deletion-runs = Runs
deletion-runs-what = A run is one rule on one day. The certificate names rule, period and numbers, is checked by looking again, signed by the key of the audit log and told in it.
deletion-runs-none = There was nothing to delete yet.
deletion-run = Rule
deletion-run-messages = Messages: { $class }
deletion-run-rooms = Abandoned rooms
deletion-run-approvals = Approvals
deletion-run-policy-changes = Decisions on settings
deletion-run-acknowledgements = Acknowledgements
deletion-run-looks = Looks by those who supervise
deletion-run-files = Files without a message
deletion-began = Began
deletion-older = Older than
deletion-objects = Objects
deletion-held = Held
deletion-keys = Keys
deletion-certificate = Certificate
deletion-certificate-get = Download
deletion-certify = Certify now
deletion-rules = Deletion rules
deletion-rules-what = Classes of DIN 66398: A from collection, B from the end of the matter, C from the end of the relation. Periods of backups stand apart.
deletion-data = Kind of data
deletion-class = Class
deletion-period = Period
deletion-method = What happens
deletion-law = Basis
deletion-period-class = by room class
deletion-period-longest = longest period of a room class
deletion-period-year-end = { $years } years to the end of the year
deletion-period-audit = 90 days, 12 months, 3 or 10 years to the end of the year
deletion-period-cause = with its cause
deletion-period-never = with the organisation
