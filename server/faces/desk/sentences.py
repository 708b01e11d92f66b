"""What the desk says when something is refused."""

from __future__ import annotations

from flask_babel import lazy_gettext

from server.web import sentences

sentences.add(
    {
        # Logging in and one's own password.
        "login_wrong": lazy_gettext("User name or password is wrong."),
        "password_wrong": lazy_gettext("This is not your present password."),
        "passwords_differ": lazy_gettext("The two are not the same."),
        "password_short": lazy_gettext("At least %(least)s characters, please."),
        "password_long": lazy_gettext("At most %(most)s characters, please."),
        "password_is_username": lazy_gettext("A password may not be made of the user name."),
        "password_common": lazy_gettext("This password is among the first that anybody would try."),
        "too_many_misses": lazy_gettext("Too many wrong tries. Please wait %(retry_seconds)s seconds."),
        # Staff.
        "not_allowed": lazy_gettext("You are not allowed to do this. Please ask the supervisor."),
        "staff_unknown": lazy_gettext("There is nobody of this number on the staff."),
        "staff_changed_meanwhile": lazy_gettext("Somebody else changed this meanwhile. Here is how it stands now; please change it again."),
        "last_admin": lazy_gettext("This is the last administrator. Name another one first."),
        "already_inactive": lazy_gettext("This person is no longer on the staff already."),
        "already_active": lazy_gettext("This person is on the staff already."),
        "username_taken": lazy_gettext("Somebody else has this user name."),
        "username_form": lazy_gettext("2 to 40 letters, digits, dots, dashes or @."),
        "role_unknown": lazy_gettext("Please choose one of the roles."),
        "role_has_no_pin": lazy_gettext("Only attendants have a PIN."),
        "pin_digits": lazy_gettext("A PIN has six digits."),
        "pin_simple": lazy_gettext("This PIN is among the first that anybody would try."),
        # Devices.
        "device_unknown": lazy_gettext("This device is not enrolled, or was revoked."),
        "device_changed_meanwhile": lazy_gettext(
            "Somebody else changed this meanwhile. Here is how it stands now; please change it again."
        ),
        "already_revoked": lazy_gettext("This device was revoked already, %(since_at)s."),
        "code_unknown": lazy_gettext("No device shows this code now. A code is good for ten minutes."),
        "pairing_unknown": lazy_gettext("This device asks no longer."),
        "pairing_closed": lazy_gettext("Somebody else has answered this device already."),
        "too_many_pairings": lazy_gettext("Too many new devices ask at once. Please try again in %(retry_seconds)s seconds."),
        "link_not_good": lazy_gettext("This link was used already, or is no longer good. Please ask the front desk for a new one."),
    },
    face="desk",
)
