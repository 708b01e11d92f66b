"""Named reads about visits: passes, the ladder, the lists of board and desk, the host's page, the receipt."""

from __future__ import annotations

from server.domain.visits.queries.board import (
    Counts,
    ExpectedRow,
    FloorGroup,
    InsideRow,
    LeftRow,
    TenantGroup,
    WaitingRow,
    counts,
    expected_today,
    in_building,
    recently_left,
    waiting,
)
from server.domain.visits.queries.desk import FoundRow, HistoryLine, RecordView, VisitDetail, record_of, search
from server.domain.visits.queries.host import FarewellView, HostPage, HostVisit, Link, farewell_of, host_page, host_visit, link_of
from server.domain.visits.queries.invitations import InvitationView, invitation, invitations, invitations_of_host
from server.domain.visits.queries.visitor import (
    LadderView,
    PassView,
    ReceiptView,
    ladder_of,
    masked_by_code,
    pass_of_token,
    pass_of_visit,
    receipt_of_token,
    visit_of_token,
)

__all__ = [
    "Counts",
    "ExpectedRow",
    "FarewellView",
    "FloorGroup",
    "FoundRow",
    "HistoryLine",
    "HostPage",
    "HostVisit",
    "InsideRow",
    "InvitationView",
    "LadderView",
    "LeftRow",
    "Link",
    "PassView",
    "ReceiptView",
    "RecordView",
    "TenantGroup",
    "VisitDetail",
    "WaitingRow",
    "counts",
    "expected_today",
    "farewell_of",
    "host_page",
    "host_visit",
    "in_building",
    "invitation",
    "invitations",
    "invitations_of_host",
    "ladder_of",
    "link_of",
    "masked_by_code",
    "pass_of_token",
    "pass_of_visit",
    "receipt_of_token",
    "recently_left",
    "record_of",
    "search",
    "visit_of_token",
    "waiting",
]
