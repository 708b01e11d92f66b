"""What the tablet says when something is refused."""

from __future__ import annotations

from flask_babel import lazy_gettext

from server.web.sentences import add

add(
    {
        "pin_wrong": lazy_gettext("This is not your PIN."),
        "too_many_misses": lazy_gettext("Too many wrong tries. Please wait a while, or ask the supervisor."),
        "desk_would_be_empty": lazy_gettext("The front desk is never left empty: go only when somebody has taken over."),
        "post_not_possible": lazy_gettext("This is not possible from where you are now."),
        "leave_not_approved": lazy_gettext("Nobody leaves the post without the supervisor's approval."),
        "leave_asked_already": lazy_gettext("The supervisor is asked already."),
        "leave_decided": lazy_gettext("The supervisor has decided already."),
        "leave_unknown": lazy_gettext("This wish is not known."),
        "cover_taken": lazy_gettext("Somebody else was faster and covers already."),
        "cover_over": lazy_gettext("Nobody needs to cover any more."),
        "cover_unknown": lazy_gettext("Nobody needs to cover any more."),
        "may_not_cover": lazy_gettext("You cannot cover here."),
        "stint_unknown": lazy_gettext("It is too late to take this back."),
        "undo_too_late": lazy_gettext("It is too late to take this back."),
        "staff_unknown": lazy_gettext("This person keeps no post here."),
        "not_allowed": lazy_gettext("Only the person concerned, the desk or the supervisor can do this."),
    },
    face="floor_tablet",
)
