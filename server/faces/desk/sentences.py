"""What the desk says when something is refused."""

from __future__ import annotations

from flask_babel import lazy_gettext

from server.web import sentences

AGAIN = lazy_gettext("Somebody else changed this meanwhile. Here is how it stands now; please change it again.")

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
        "staff_changed_meanwhile": AGAIN,
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
        "device_changed_meanwhile": AGAIN,
        "already_revoked": lazy_gettext("This device was revoked already, %(since_at)s."),
        "code_unknown": lazy_gettext("No device shows this code now. A code is good for ten minutes."),
        "pairing_unknown": lazy_gettext("This device asks no longer."),
        "pairing_closed": lazy_gettext("Somebody else has answered this device already."),
        "too_many_pairings": lazy_gettext("Too many new devices ask at once. Please try again in %(retry_seconds)s seconds."),
        "link_not_good": lazy_gettext("This link was used already, or is no longer good. Please ask the front desk for a new one."),
        # Tenants and hosts.
        "tenant_unknown": lazy_gettext("There is no such tenant, or it has moved out."),
        "tenant_changed_meanwhile": AGAIN,
        "host_changed_meanwhile": AGAIN,
        "host_unknown": lazy_gettext("Please choose a host who works here now."),
        "host_elsewhere": lazy_gettext("This person works for another tenant."),
        "number_taken": lazy_gettext("Somebody else has this number."),
        "name_taken": lazy_gettext("There is a tenant of this name already."),
        "already_retired": lazy_gettext("Somebody else has done this already."),
        "not_retired": lazy_gettext("Somebody else has done this already."),
        "tenant_retired": lazy_gettext("The tenant has moved out. Restore the tenant first."),
        "contact_unknown": lazy_gettext("This person does not work for the tenant any more."),
        "delegate_self": lazy_gettext("Nobody is his own delegate."),
        "delegate_elsewhere": lazy_gettext("The delegate must work for the same tenant."),
        "delegate_unknown": lazy_gettext("The delegate does not work for the tenant any more."),
        "language_unknown": lazy_gettext("Chinese or English, please."),
        "bad_value": lazy_gettext("This value cannot be used here."),
        "formula_text": lazy_gettext("This looks like a formula. Please write it as plain text."),
        "duplicate_row": lazy_gettext("The same person stands in an earlier row."),
        "tenant_differs": lazy_gettext("An earlier row says something else about this tenant."),
        # Lists.
        "file_empty": lazy_gettext("The file is empty."),
        "file_too_big": lazy_gettext("The file is too big, or grows too big when it is unpacked."),
        "file_unreadable": lazy_gettext("This file cannot be read. Please save it as .xlsx or .csv and try again."),
        "file_too_many_rows": lazy_gettext("The list has too many rows. Please split it."),
        "file_kind_unknown": lazy_gettext("Excel (.xlsx, .xls) or CSV, please."),
        "file_no_header": lazy_gettext("The first row must name the columns: a tenant and a name at least."),
        "import_unknown": lazy_gettext("This list is no longer kept. Please import it again."),
        "import_closed": lazy_gettext("This list has been dealt with already."),
        "import_outdated": lazy_gettext("The register changed meanwhile. Here is what the list would change now."),
        # Visits and invitations.
        "visit_unknown": lazy_gettext("There is no such visit."),
        "already_in": lazy_gettext("This visitor is in the building already."),
        "already_out": lazy_gettext("This visitor has left already."),
        "not_in": lazy_gettext("This visitor is not in the building."),
        "not_possible": lazy_gettext("This is not possible as the visit stands now."),
        "no_longer_waiting": lazy_gettext("The visitor no longer waits: somebody was faster."),
        "no_host": lazy_gettext("There is no host to call. Choose somebody else."),
        "undo_too_late": lazy_gettext("It is too late to take this back."),
        "changed_meanwhile": AGAIN,
        "anonymised": lazy_gettext("The personal data of this visit was removed."),
        "still_in": lazy_gettext("The visitor is still in the building. Sign out first."),
        "in_future": lazy_gettext("This lies ahead. Please give the time when it was seen."),
        "minutes_wrong": lazy_gettext("At most %(most)s minutes, please."),
        "phone_wrong": lazy_gettext("This is not a phone number."),
        "companions_wrong": lazy_gettext("At most %(most)s companions, please."),
        "purpose_unknown": lazy_gettext("Please choose one of the purposes."),
        "invitation_unknown": lazy_gettext("There is no such invitation."),
        "already_used": lazy_gettext("The invitation was used or withdrawn already."),
        "window_wrong": lazy_gettext("The end must lie after the beginning."),
        "window_too_long": lazy_gettext("At most %(most_days)s days, please."),
        "weekdays_missing": lazy_gettext("Please choose at least one weekday."),
        "recurrence_fixed": lazy_gettext("A single invitation cannot become a recurring one. Please make a new one."),
        "no_pass": lazy_gettext("This visit has no pass that could be printed."),
        "scan_unknown": lazy_gettext("This code is not known, or no longer good."),
        # Calls for a person.
        "call_unknown": lazy_gettext("This call is over."),
        "already_answered": lazy_gettext("Somebody else is on the way already."),
    },
    face="desk",
)
