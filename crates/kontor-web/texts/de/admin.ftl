# Verwaltung
admin-link = Verwaltung
admin-navigation = Bereiche der Verwaltung
admin-overview-title = Überblick
admin-overview-summary = Zustand und was zu tun ist.
console-older = Ältere zeigen

# Freigaben
approvals-title = Freigaben
approvals-summary = Was eine zweite Person erlauben muss.
approvals-intro = Schwerwiegendes entscheidet niemand allein: Eine Person beantragt, eine zweite mit einer anderen Rolle erlaubt genau das, was hier steht.
approvals-open = Offen
approvals-decided = Entschieden
approvals-none = Nichts.
approvals-until = offen bis { $when }
approvals-approve = Erlauben
approvals-refuse = Ablehnen
approvals-take-back = Zurückziehen
approvals-too-late = Darüber ist schon entschieden, oder die Frist ist vorbei.
approvals-not-you = Das muss jemand anderes mit einer anderen Rolle erlauben.
approvals-council = Hier muss der Betriebsrat zustimmen, oder der Antrag muss die Vereinbarung mit ihm nennen.
approvals-waiting = offen
approvals-approved = erlaubt
approvals-refused = abgelehnt
approvals-failed = erlaubt, aber nicht ausführbar
approvals-expired = verfallen
approvals-give-role = Rolle geben
approvals-take-role = Rolle nehmen
approvals-look-up = Pseudonym auflösen
