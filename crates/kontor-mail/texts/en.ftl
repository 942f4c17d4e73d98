# Mails. No name, no content of messages: only what has happened and where to go.

closing =
    This mail comes from Kontor, the messenger of
    { $organisation }. Please do not reply to it.

confirm-address-subject = Please confirm your mail address
confirm-address-text =
    Hello,

    this address was given as the mail address of an account. If that was
    you, confirm it here; the link is good for 24 hours:

    { $link }

    If not, there is nothing you need to do.
forgotten-password-subject = New password
forgotten-password-text =
    Hello,

    a new password was asked for on your account. Set it here; the link is
    good for 30 minutes and once:

    { $link }

    If that was not you, there is nothing you need to do: your password
    stays as it is.
invitation-subject = Invitation to Kontor
invitation-text =
    Hello,

    you are invited to make an account with Kontor. The link is good once
    and for seven days at most:

    { $link }
locked-subject = Many wrong passwords on your account
locked-text =
    Hello,

    wrong passwords were entered on your account so often that signing in
    rests for a while. Devices that are signed in are not affected.

    If that was not you, somebody is trying to guess your password. It has
    not become known. Look over your sign-ins here:

    { $link }
new-device-subject = New device on your account
new-device-text =
    Hello,

    a new device was signed in to your account. If that was you, there is
    nothing you need to do.

    If not, sign it out here and change your password:

    { $link }
factor-changed-subject = Second factor changed
factor-changed-text =
    Hello,

    a second factor of your account was set up or removed, or new recovery
    codes were made. If that was you, there is nothing you need to do.

    If not, look here and tell your organisation:

    { $link }
recovery-code-used-subject = A recovery code was used
recovery-code-used-text =
    Hello,

    a recovery code of your account was used in place of the second factor.
    It is void now. If that was you, look how many codes you have left.

    If not, somebody knows your password and your codes: change both and tell
    your organisation:

    { $link }
password-changed-subject = Your password was changed
password-changed-text =
    Hello,

    the password of your account was changed. If that was you, there is
    nothing you need to do.

    If not, tell your organisation and set a new one here:

    { $link }
address-changed-subject = Your mail address was changed
address-changed-text =
    Hello,

    this address counts no more for your account. If that was you, there is
    nothing you need to do.

    If not, tell your organisation and look here:

    { $link }
device-lost-subject = Device reported as lost
device-lost-text =
    Hello,

    a device of your account was reported as lost and signed out.

    What is left to be done is listed here:

    { $link }
guest-ends-subject = The time of guests ends
guest-ends-text =
    Hello,

    guests whom you have invited to { $organisation } lose their access within
    14 days. Whoever is still needed can be prolonged here:

    { $link }
hold-placed-subject = Messages are kept
hold-placed-text =
    Hello,

    { $organisation } keeps messages that concern you beyond their period,
    because a claim at law may need them. In which matter, on which basis and
    for how long is written here:

    { $link }
hold-released-subject = A hold has ended
hold-released-text =
    Hello,

    { $organisation } has ended a hold on messages that concern you. What was
    there only because of it is deleted. Other holds, if there are any, are
    listed here:

    { $link }
hold-review-due-subject = A hold waits to be looked at
hold-review-due-text =
    Hello,

    for more than 90 days nobody at { $organisation } has looked whether a hold
    on messages is still needed. Please say so here, or end it:

    { $link }
hold-release-proposed-subject = Proposed: end a hold
hold-release-proposed-text =
    Hello,

    in spite of two notices nobody at { $organisation } has said that a hold on
    messages is still needed. Nothing may be kept longer without a reason:
    it is proposed to end it. By itself that happens at its end only. Please
    decide here:

    { $link }
