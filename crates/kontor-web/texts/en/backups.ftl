# Backups
backups-title = Backups
backups-summary = When the last backup was written, where backups are, and whether they can be restored.
backups-intro = Backups are encrypted; the key to read them is not on this server. What was deleted stays deleted after a restore, too. This page shows no content.
backups-place = Place and state
backups-folder = Folder
backups-where = Location
backups-schedule = Schedule
backups-daily = daily from { $hour } on (UTC)
backups-by-others = not by the server; another program runs “kontor backup”
backups-kept = Kept for
backups-recipients = Encrypted to
backups-ledger = Erasure ledger (written / entries)
backups-ledger-what = The erasure ledger lies beside the backups and names what was erased by keyed tombstones only. After a restore, everything in it is erased again before the organisation opens.
backups-rehearsal = Restore rehearsed
backups-rehearsed-well = { $at }: everything as backed up
backups-rehearsed-badly = { $at }: failed
backups-rehearsed-never = never
backups-how = Whoever runs the server sets up backups in kontor.toml: [backup] with target and recipients.
backups-sets = Backups
backups-sets-none = None yet.
backups-set = Backup
backups-began = As of
backups-size = Tables
backups-files = Files
backups-keys = Recipients
backups-unreadable = { $count ->
    [one] One file could not be read and is missing
   *[other] { $count } files could not be read and are missing
}
backups-alarm-none = This organisation is not backed up.
backups-alarm-overdue = There is no backup from the last 26 hours.
backups-alarm-failed = The last backup failed: { $why }
backups-alarm-ledger = The erasure ledger beside the backups cannot be written since { $since }.
backups-alarm-rehearse = In the last 90 days no restore was rehearsed successfully (kontor backup rehearse).
