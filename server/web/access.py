"""The one table of who may do what: a row for every route and every region. What has no row is refused.

A test walks it with every role (``tests/web/test_access.py``) and fails on a route or region without a row.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """As what somebody asks. A device or a login has exactly one; the holder of a link proves himself by the link."""

    NOBODY = "nobody"
    KIOSK = "kiosk"
    TABLET = "tablet"
    BOARD = "board"
    DOOR = "door"
    ATTENDANT = "attendant"
    DESK = "desk"
    SUPERVISOR = "supervisor"
    KEEPER = "keeper"
    ADMIN = "admin"
    LINK = "link"


ANYBODY = frozenset(Role)
KIOSK = frozenset({Role.KIOSK})
BOARD = frozenset({Role.BOARD})
TABLET = frozenset({Role.TABLET, Role.ATTENDANT})
ATTENDANT = frozenset({Role.ATTENDANT})
"""A floor tablet that somebody opened with their PIN; locked it is only a tablet."""
DOOR = frozenset({Role.DOOR})
LINK = frozenset({Role.LINK})
LOGGED_IN = frozenset({Role.DESK, Role.SUPERVISOR, Role.KEEPER, Role.ADMIN})
RECEPTION = frozenset({Role.DESK, Role.SUPERVISOR, Role.ADMIN})
SUPERVISION = frozenset({Role.SUPERVISOR, Role.ADMIN})
ADMIN = frozenset({Role.ADMIN})

ROUTES: Mapping[str, frozenset[Role]] = {
    "static": ANYBODY,
    "web.front": ANYBODY,
    "web.healthz": ANYBODY,
    "web.readyz": ANYBODY,
    "web.metrics": ANYBODY,
    "web.parts": ANYBODY,
    "watching.ticket": ANYBODY,
    "watching.region": ANYBODY,
    # kiosk
    "kiosk.back": KIOSK,
    "kiosk.begin": KIOSK,
    "kiosk.call": KIOSK,
    "kiosk.code": KIOSK,
    "kiosk.forget": KIOSK,
    "kiosk.home": KIOSK,
    "kiosk.host": KIOSK,
    "kiosk.hosts": KIOSK,
    "kiosk.leave_by": KIOSK,
    "kiosk.leave_code": KIOSK,
    "kiosk.leave_phone": KIOSK,
    "kiosk.person": KIOSK,
    "kiosk.scan": KIOSK,
    "kiosk.start": KIOSK,
    "kiosk.surname": KIOSK,
    "kiosk.undo": KIOSK,
    "kiosk.view": KIOSK,
    "kiosk.visit": KIOSK,
    "kiosk.way_on": KIOSK,
    # enrol: devices prove themselves by the link or the pairing they hold
    "enrol.ask": ANYBODY,
    "enrol.begin_pairing": ANYBODY,
    "enrol.enrol_this": ANYBODY,
    "enrol.link": ANYBODY,
    "enrol.pair": ANYBODY,
    "enrol.pairing_state": ANYBODY,
    # phone: the link in the address is the proof; whose it is, each view asks
    "phone.answer_farewell": LINK,
    "phone.calendar_file": LINK,
    "phone.change_invitation": LINK,
    "phone.coming": LINK,
    "phone.correct": LINK,
    "phone.decline": LINK,
    "phone.forget": LINK,
    "phone.host": LINK,
    "phone.invitation": LINK,
    "phone.invite": LINK,
    "phone.keep_invitation": LINK,
    "phone.make_invitation": LINK,
    "phone.met": LINK,
    "phone.reassign": LINK,
    "phone.receipt": LINK,
    "phone.renew_invitation": LINK,
    "phone.seen": LINK,
    "phone.sign_out": LINK,
    "phone.sign_out_visitor": LINK,
    "phone.undo_decline": LINK,
    "phone.undo_sign_out": LINK,
    "phone.undo_visitor": LINK,
    "phone.visitor": LINK,
    "phone.wait": LINK,
    "phone.withdraw": LINK,
    "phone.withdraw_invitation": LINK,
    # board
    "board.answer_call": BOARD,
    "board.answer_room_call": BOARD,
    "board.board": BOARD,
    "board.system": BOARD,
    "board.take_over": BOARD,
    # door: only what its own room is about
    "door.door": DOOR,
    "door.report_fault": DOOR,
    "door.still": DOOR,
    "door.undo_fault": DOOR,
    # room: the link in the address is the proof, good while its meeting has the room
    "room.begin": LINK,
    "room.call": LINK,
    "room.disturb": LINK,
    "room.end": LINK,
    "room.extend": LINK,
    "room.quiet": LINK,
    "room.reopen": LINK,
    "room.room": LINK,
    "room.withdraw": LINK,
    # tablet: locked it shows who may open it and nothing else
    "floor_tablet.accept_cover": ATTENDANT,
    "floor_tablet.act_on_meeting": ATTENDANT,
    "floor_tablet.answer_call": ATTENDANT,
    "floor_tablet.ask_cover": ATTENDANT,
    "floor_tablet.ask_leave": ATTENDANT,
    "floor_tablet.awake": ATTENDANT,
    "floor_tablet.clock_in": ATTENDANT,
    "floor_tablet.clock_out": ATTENDANT,
    "floor_tablet.come_back": ATTENDANT,
    "floor_tablet.count_people": ATTENDANT,
    "floor_tablet.extend": ATTENDANT,
    "floor_tablet.finish_round": ATTENDANT,
    "floor_tablet.finish_step": ATTENDANT,
    "floor_tablet.finish_trip": ATTENDANT,
    "floor_tablet.go_to_meal": ATTENDANT,
    "floor_tablet.hand_over": ATTENDANT,
    "floor_tablet.handover": ATTENDANT,
    "floor_tablet.home": TABLET,
    "floor_tablet.leave_post": ATTENDANT,
    "floor_tablet.lock": TABLET,
    "floor_tablet.manual": ATTENDANT,
    "floor_tablet.meeting": ATTENDANT,
    "floor_tablet.meetings": ATTENDANT,
    "floor_tablet.posts": ATTENDANT,
    "floor_tablet.rooms": ATTENDANT,
    "floor_tablet.see_change": ATTENDANT,
    "floor_tablet.set_tea": ATTENDANT,
    "floor_tablet.skip_round": ATTENDANT,
    "floor_tablet.skip_step": ATTENDANT,
    "floor_tablet.start": ATTENDANT,
    "floor_tablet.step": ATTENDANT,
    "floor_tablet.undo_call": ATTENDANT,
    "floor_tablet.undo_post": ATTENDANT,
    "floor_tablet.undo_round": ATTENDANT,
    "floor_tablet.undo_step": ATTENDANT,
    "floor_tablet.unlock": TABLET,
    "floor_tablet.withdraw_cover": ATTENDANT,
    "floor_tablet.withdraw_leave": ATTENDANT,
    # desk
    "desk.accept_cover": SUPERVISION,
    "desk.account": LOGGED_IN,
    "desk.act_on_visit": RECEPTION,
    "desk.add_host": RECEPTION,
    "desk.add_staff": ADMIN,
    "desk.add_tenant": RECEPTION,
    "desk.add_visit": RECEPTION,
    "desk.admin": SUPERVISION,
    "desk.answer_call": RECEPTION,
    "desk.answer_form": RECEPTION,
    "desk.approve_leave": SUPERVISION,
    "desk.approve_pairing": RECEPTION,
    "desk.ask_cover": RECEPTION,
    "desk.ask_leave": RECEPTION,
    "desk.awake": LOGGED_IN,
    "desk.change_device": SUPERVISION,
    "desk.change_host": RECEPTION,
    "desk.change_invitation": RECEPTION,
    "desk.change_password": LOGGED_IN,
    "desk.change_staff": ADMIN,
    "desk.change_tenant": RECEPTION,
    "desk.coming": RECEPTION,
    "desk.commit_import": SUPERVISION,
    "desk.commit_schedule": SUPERVISION,
    "desk.correct": RECEPTION,
    "desk.correction": RECEPTION,
    "desk.deactivate_staff": ADMIN,
    "desk.decline": RECEPTION,
    "desk.device": RECEPTION,
    "desk.devices": RECEPTION,
    "desk.find_host": RECEPTION,
    "desk.forget_visit": RECEPTION,
    "desk.home": RECEPTION,
    "desk.host": RECEPTION,
    "desk.host_form": RECEPTION,
    "desk.import_people": SUPERVISION,
    "desk.import_template": SUPERVISION,
    "desk.invitation": RECEPTION,
    "desk.invitation_form": RECEPTION,
    "desk.invitations": RECEPTION,
    "desk.invite": RECEPTION,
    "desk.issue_host_page": RECEPTION,
    "desk.keep_import": SUPERVISION,
    "desk.keep_schedule": SUPERVISION,
    "desk.label": RECEPTION,
    "desk.log_off": ANYBODY,
    "desk.log_on": ANYBODY,
    "desk.login": ANYBODY,
    "desk.new_code": RECEPTION,
    "desk.new_host": RECEPTION,
    "desk.new_invitation": RECEPTION,
    "desk.new_link": SUPERVISION,
    "desk.new_staff": ADMIN,
    "desk.new_tenant": RECEPTION,
    "desk.new_visit": RECEPTION,
    "desk.note_away": SUPERVISION,
    "desk.observed": RECEPTION,
    "desk.offer_link": SUPERVISION,
    "desk.password": LOGGED_IN,
    "desk.people": RECEPTION,
    "desk.move_post": RECEPTION,
    "desk.post_register": RECEPTION,
    "desk.posts": RECEPTION,
    "desk.preview_import": SUPERVISION,
    "desk.preview_schedule": RECEPTION,
    "desk.reactivate_staff": ADMIN,
    "desk.reassign": RECEPTION,
    "desk.reassign_form": RECEPTION,
    "desk.record": RECEPTION,
    "desk.refuse_leave": SUPERVISION,
    "desk.refuse_pairing": RECEPTION,
    "desk.reset_password": ADMIN,
    "desk.reset_pin": SUPERVISION,
    "desk.restore_host": RECEPTION,
    "desk.restore_tenant": RECEPTION,
    "desk.retire_host": RECEPTION,
    "desk.retire_tenant": RECEPTION,
    "desk.revoke_device": SUPERVISION,
    "desk.rollcall": RECEPTION,
    "desk.scan": RECEPTION,
    "desk.schedule": RECEPTION,
    "desk.schedule_template": RECEPTION,
    "desk.search": RECEPTION,
    "desk.set_delegate": RECEPTION,
    "desk.sign_in": RECEPTION,
    "desk.staff": SUPERVISION,
    "desk.staff_member": ADMIN,
    "desk.tenant": RECEPTION,
    "desk.tenant_form": RECEPTION,
    "desk.undo_post": RECEPTION,
    "desk.wait": RECEPTION,
    "desk.withdraw_cover": RECEPTION,
    "desk.withdraw_host_page": RECEPTION,
    "desk.withdraw_import": SUPERVISION,
    "desk.withdraw_invitation": RECEPTION,
    "desk.withdraw_leave": RECEPTION,
    "desk.withdraw_schedule": SUPERVISION,
}
"""Endpoint → roles."""

REGIONS: Mapping[str, frozenset[Role]] = {
    # kiosk: opened one by one to the kiosk they belong to
    "kiosk.call": frozenset(),
    "kiosk.wait": frozenset(),
    # phone: opened one by one to the holder of a link
    "phone.answer": frozenset(),
    "phone.answer_actions": frozenset(),
    "phone.host": frozenset(),
    "phone.visit": frozenset(),
    "phone.visit_actions": frozenset(),
    # room: opened one by one to the holder of a meeting's link
    "room.actions": frozenset(),
    "room.calls": frozenset(),
    "room.meeting": frozenset(),
    # door: opened to the device that stands at the room
    "door.sign": frozenset(),
    # board
    "board.calls": BOARD,
    "board.counts": BOARD,
    "board.devices": BOARD,
    "board.expected": BOARD,
    "board.inside": BOARD,
    "board.left": BOARD,
    "board.meetings": BOARD,
    "board.room_calls": BOARD,
    "board.staffing": BOARD,
    "board.waiting": BOARD,
    "board.wall_calls": BOARD,
    "board.wall_expected": BOARD,
    "board.wall_inside": BOARD,
    "board.wall_meetings": BOARD,
    "board.wall_room_calls": BOARD,
    "board.wall_staffing": BOARD,
    "board.wall_waiting": BOARD,
    # tablet: nothing while it is locked; what is one person's own is opened to that person
    "tablet.asks": frozenset(),
    "tablet.calls": ATTENDANT,
    "tablet.changes": frozenset(),
    "tablet.days": ATTENDANT,
    "tablet.floor": ATTENDANT,
    "tablet.left_open": frozenset(),
    "tablet.meeting": ATTENDANT,
    "tablet.now": frozenset(),
    "tablet.people": ATTENDANT,
    "tablet.post": frozenset(),
    "tablet.posts": ATTENDANT,
    "tablet.rooms": ATTENDANT,
    # desk
    "desk.alerts": RECEPTION,
    "desk.asks": RECEPTION,
    "desk.coverage": RECEPTION,
    "desk.calls": RECEPTION,
    "desk.counts": RECEPTION,
    "desk.devices": RECEPTION,
    "desk.expected": RECEPTION,
    "desk.inside": RECEPTION,
    "desk.leaves": SUPERVISION,
    "desk.left": RECEPTION,
    "desk.pairings": RECEPTION,
    "desk.posts": RECEPTION,
    "desk.record": RECEPTION,
    "desk.waiting": RECEPTION,
}
"""Region name (the part before the colon) → roles. Regions of one person are also bound to their key in the ticket."""


def may_call(endpoint: str, role: Role) -> bool:
    """Tell whether ``role`` may call ``endpoint``."""
    return role in ROUTES.get(endpoint, frozenset())


def may_watch(region_name: str, role: Role) -> bool:
    """Tell whether ``role`` may watch regions of this name."""
    return role in REGIONS.get(region_name, frozenset())
