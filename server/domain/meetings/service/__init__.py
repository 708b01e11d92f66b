"""The verbs about meetings: intake and change, the run sheet, tea, who looks after what, and what the clock does.

Each is one transaction; deadlines are ordinary callers of the same verbs.
"""

from __future__ import annotations

from server.domain.meetings.plans import Plan
from server.domain.meetings.service.booking import (
    cancel,
    change,
    extend,
    reconfirm,
    register,
    register_adhoc,
    reinstate,
    take_back_nobody_came,
)
from server.domain.meetings.service.clock import (
    ask_start,
    follow_calendar,
    open_reconfirm,
    raise_round,
    raise_step,
    raise_unseen,
    tell_unconfirmed,
)
from server.domain.meetings.service.course import (
    count_people,
    end_meeting,
    nobody_came,
    resume,
    start_from_room,
    start_meeting,
    take_back_start,
)
from server.domain.meetings.service.doing import begin_step, finish_step, hand_step, skip_step, undo_step
from server.domain.meetings.service.intake import commit_schedule, forget_schedules, keep_schedule, withdraw_schedule
from server.domain.meetings.service.looking_after import (
    acknowledge_change,
    assign_attendant,
    hand_over,
    release_attendant,
    replace_attendant,
)
from server.domain.meetings.service.papers import set_manual, set_sheet_line
from server.domain.meetings.service.registration import change_registration, take_registration
from server.domain.meetings.service.tea import (
    claim_round,
    disturb_again,
    do_not_disturb,
    enter_room,
    finish_round,
    finish_trip,
    release_round,
    set_tea,
    skip_round,
    undo_round,
)

__all__ = [
    "Plan",
    "acknowledge_change",
    "ask_start",
    "assign_attendant",
    "begin_step",
    "cancel",
    "change",
    "change_registration",
    "claim_round",
    "commit_schedule",
    "count_people",
    "disturb_again",
    "do_not_disturb",
    "end_meeting",
    "enter_room",
    "extend",
    "finish_round",
    "finish_step",
    "finish_trip",
    "follow_calendar",
    "forget_schedules",
    "hand_over",
    "hand_step",
    "keep_schedule",
    "nobody_came",
    "open_reconfirm",
    "raise_round",
    "raise_step",
    "raise_unseen",
    "reconfirm",
    "register",
    "register_adhoc",
    "reinstate",
    "release_attendant",
    "release_round",
    "replace_attendant",
    "resume",
    "set_manual",
    "set_sheet_line",
    "set_tea",
    "skip_round",
    "skip_step",
    "start_from_room",
    "start_meeting",
    "take_back_nobody_came",
    "take_back_start",
    "take_registration",
    "tell_unconfirmed",
    "undo_round",
    "undo_step",
    "withdraw_schedule",
]
