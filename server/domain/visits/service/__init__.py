"""The verbs about visits: arriving, the host's answer, leaving, inviting, correcting, and what the clock does.

Each is one transaction; deadlines are ordinary callers of the same verbs.
"""

from __future__ import annotations

from server.domain.visits.service.answer import (
    answer_coming,
    answer_declined,
    answer_wait,
    desk_answer_coming,
    desk_answer_declined,
    desk_answer_wait,
    desk_reassign,
    mark_seen,
    reassign,
    reopen,
    undo_decline,
)
from server.domain.visits.service.arrive import (
    by_code,
    by_token,
    find_code,
    new_walk_in,
    sign_in_at_desk,
    sign_in_by_code,
    sign_in_by_token,
    sign_in_visit,
    sign_in_walk_in,
)
from server.domain.visits.service.attend import admit, call_again, desk_mark_met, mark_met, take_over, withdraw_visit, withdraw_waiting
from server.domain.visits.service.correct import correct, open_record, record_arrival, record_departure
from server.domain.visits.service.day import answer_farewell, ask_tenant, assume_left, close_pass, end_invitation, end_window, open_day
from server.domain.visits.service.escalate import ask_desk, note_sent, tell_delegate
from server.domain.visits.service.invite import change_invitation, invite, new_code, withdraw_invitation
from server.domain.visits.service.leave import (
    sign_out,
    sign_out_by_code,
    sign_out_by_host,
    sign_out_by_phone,
    sign_out_by_token,
    take_back_sign_out,
    undo_sign_out,
)
from server.domain.visits.service.retain import anonymise_old, forget_visit, forget_visitor

__all__ = [
    "admit",
    "anonymise_old",
    "answer_coming",
    "answer_declined",
    "answer_farewell",
    "answer_wait",
    "ask_desk",
    "ask_tenant",
    "assume_left",
    "by_code",
    "by_token",
    "call_again",
    "change_invitation",
    "close_pass",
    "correct",
    "desk_answer_coming",
    "desk_answer_declined",
    "desk_answer_wait",
    "desk_mark_met",
    "desk_reassign",
    "end_invitation",
    "end_window",
    "find_code",
    "forget_visit",
    "forget_visitor",
    "invite",
    "mark_met",
    "mark_seen",
    "new_code",
    "new_walk_in",
    "note_sent",
    "open_day",
    "open_record",
    "reassign",
    "record_arrival",
    "record_departure",
    "reopen",
    "sign_in_at_desk",
    "sign_in_by_code",
    "sign_in_by_token",
    "sign_in_visit",
    "sign_in_walk_in",
    "sign_out",
    "sign_out_by_code",
    "sign_out_by_host",
    "sign_out_by_phone",
    "sign_out_by_token",
    "take_back_sign_out",
    "take_over",
    "tell_delegate",
    "undo_decline",
    "undo_sign_out",
    "withdraw_invitation",
    "withdraw_visit",
    "withdraw_waiting",
]
