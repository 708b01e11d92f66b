"""The catalogue of every fact the house can record.

A fact is past tense, holds ids and states only (names join at read, so that anonymising one row is enough) and is never
changed. It is stored in the same commit as what it tells of, numbered without gaps, chained by hash, and then shown on the
screens it touches. The class name is the fact's stable kind.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

Scalar = str | int | bool | None


@dataclass(frozen=True, kw_only=True)
class Event:
    """The root of all facts."""

    catalogue: ClassVar[dict[str, type[Event]]] = {}

    def __init_subclass__(cls) -> None:
        """Enter each fact in the catalogue under its class name."""
        Event.catalogue[cls.__name__] = cls

    @property
    def kind(self) -> str:
        """The stable name of this fact."""
        return type(self).__name__

    def facts(self) -> dict[str, Scalar]:
        """Return what the fact holds, as plain values."""
        return dict(vars(self))

    @staticmethod
    def revive(kind: str, facts: dict[str, Scalar]) -> Event:
        """Return the fact that was stored as ``kind`` with ``facts``; unknown kinds raise KeyError."""
        return Event.catalogue[kind](**facts)


# --- visits -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class VisitEvent(Event):
    """A fact about one visit."""

    visit_id: int
    host_id: int | None
    tenant_id: int | None


@dataclass(frozen=True, kw_only=True)
class InvitationEvent(Event):
    """A fact about an invitation; ``visit_id`` is the visit it announces, none while a recurring one rests."""

    invitation_id: int
    visit_id: int | None
    host_id: int | None
    tenant_id: int | None


@dataclass(frozen=True, kw_only=True)
class VisitorInvited(InvitationEvent):
    """A host or the desk invited somebody."""


@dataclass(frozen=True, kw_only=True)
class InvitationChanged(InvitationEvent):
    """An invitation's window, visitor or recurrence was changed before it was used."""


@dataclass(frozen=True, kw_only=True)
class InvitationWithdrawn(InvitationEvent):
    """An invitation, and the visit it announced, was taken back."""


@dataclass(frozen=True, kw_only=True)
class InvitationRenewed(InvitationEvent):
    """An invitation has another QR and code; those given out before are no longer good."""


@dataclass(frozen=True, kw_only=True)
class InvitationEnded(InvitationEvent):
    """The window of a recurring invitation passed."""


@dataclass(frozen=True, kw_only=True)
class InvitationAnonymised(InvitationEvent):
    """An invitation's personal data was removed by retention."""


@dataclass(frozen=True, kw_only=True)
class VisitExpected(VisitEvent):
    """A recurring invitation announces somebody for today."""

    invitation_id: int


@dataclass(frozen=True, kw_only=True)
class VisitorSignedIn(VisitEvent):
    """Somebody arrived and waits in the lobby (S18)."""

    gate: str
    again: bool = False


@dataclass(frozen=True, kw_only=True)
class OtherGateTried(VisitEvent):
    """A pass already in use was shown at another gate: the desk is told."""

    gate: str


@dataclass(frozen=True, kw_only=True)
class HostNotified(VisitEvent):
    """A message about a waiting visitor was put in the queue for this host or delegate."""

    notice_id: int
    as_delegate: bool = False


@dataclass(frozen=True, kw_only=True)
class HostReached(VisitEvent):
    """The message left for the host's phone without an error."""

    notice_id: int


@dataclass(frozen=True, kw_only=True)
class HostSawVisit(VisitEvent):
    """The host's page was opened and said so itself (a link preview cannot)."""


@dataclass(frozen=True, kw_only=True)
class HostAnswered(VisitEvent):
    """The host said coming, wait or declined."""

    answer: str
    minutes: int | None


@dataclass(frozen=True, kw_only=True)
class VisitReassigned(VisitEvent):
    """Somebody else will come; ``host_id`` is the new one."""

    from_host_id: int | None


@dataclass(frozen=True, kw_only=True)
class DelegateAsked(VisitEvent):
    """The host did not see the message in time, so the delegate was told too."""

    delegate_id: int | None


@dataclass(frozen=True, kw_only=True)
class DeskAsked(VisitEvent):
    """Nobody answered, or nobody came as promised, in time; or there is no host to ask: the desk is asked."""


@dataclass(frozen=True, kw_only=True)
class DeskTookOver(VisitEvent):
    """Somebody at the desk looks after a visitor whom the desk was asked about."""


@dataclass(frozen=True, kw_only=True)
class DeclineUndone(VisitEvent):
    """The host, or the desk, took a refusal back: the visitor waits again."""


@dataclass(frozen=True, kw_only=True)
class VisitorMet(VisitEvent):
    """The host has met the visitor."""


@dataclass(frozen=True, kw_only=True)
class VisitorAdmitted(VisitEvent):
    """The visitor went in."""


@dataclass(frozen=True, kw_only=True)
class VisitorSignedOut(VisitEvent):
    """The visitor left; ``by`` is how it is known: pass, code, phone_tail, host, desk."""

    by: str


@dataclass(frozen=True, kw_only=True)
class SignOutUndone(VisitEvent):
    """A sign-out was taken back within its time to undo."""


@dataclass(frozen=True, kw_only=True)
class VisitorStillHere(VisitEvent):
    """The host said at the end of the day that the visitor is still in the building."""


@dataclass(frozen=True, kw_only=True)
class VisitorAssumedLeft(VisitEvent):
    """The end-of-day sweep found no sign-out; no time is invented."""


@dataclass(frozen=True, kw_only=True)
class VisitorDidNotCome(VisitEvent):
    """The window of an expected visit passed; ``state`` is no_show, or expired for a leave of several days."""

    state: str


@dataclass(frozen=True, kw_only=True)
class PassClosed(VisitEvent):
    """The pass of somebody who left lets nobody in any more."""


@dataclass(frozen=True, kw_only=True)
class ArrivalRecorded(VisitEvent):
    """The desk, or a device that was offline, told of an arrival afterwards; ``contradicts`` what was known."""

    contradicts: bool


@dataclass(frozen=True, kw_only=True)
class DepartureRecorded(VisitEvent):
    """The desk, or a device that was offline, told of a departure afterwards; ``contradicts`` what was known."""

    contradicts: bool


@dataclass(frozen=True, kw_only=True)
class VisitWithdrawn(VisitEvent):
    """A waiting visitor, or the desk, took the visit back."""


@dataclass(frozen=True, kw_only=True)
class VisitCorrected(VisitEvent):
    """The desk corrected what stands about a visit."""

    fields: str


@dataclass(frozen=True, kw_only=True)
class VisitAnonymised(VisitEvent):
    """A visit's personal data was removed, by retention or at the visitor's wish."""

    by: str


@dataclass(frozen=True, kw_only=True)
class VisitRecordOpened(VisitEvent):
    """Somebody on the staff looked at a visitor's record: the visitor's receipt shows it."""


@dataclass(frozen=True, kw_only=True)
class TenantAsked(Event):
    """The half-past-five message “still with you?” was put in the queue for a tenant."""

    tenant_id: int
    day: str


# --- devices ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class DeviceEvent(Event):
    """A fact about one enrolled device."""

    device_id: int
    role: str


@dataclass(frozen=True, kw_only=True)
class DeviceEnrolled(DeviceEvent):
    """A device may now show a face."""


@dataclass(frozen=True, kw_only=True)
class DeviceRenamed(DeviceEvent):
    """A device got another name, gate or place."""


@dataclass(frozen=True, kw_only=True)
class DeviceRevoked(DeviceEvent):
    """A device's proof is no longer good; its sockets are cut."""


@dataclass(frozen=True, kw_only=True)
class DeviceCameOnline(DeviceEvent):
    """A device was heard from again."""


@dataclass(frozen=True, kw_only=True)
class DeviceWentQuiet(DeviceEvent):
    """A device has not been heard from for too long."""


@dataclass(frozen=True, kw_only=True)
class PairingOpened(Event):
    """A new device shows a pairing code and waits for the desk."""

    pairing_id: int


@dataclass(frozen=True, kw_only=True)
class PairingClosed(Event):
    """A pairing code was approved, refused or ran out."""

    pairing_id: int


# --- assistance ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class PersonCalled(Event):
    """Somebody at a kiosk asked for a person."""

    assistance_id: int
    device_id: int | None


@dataclass(frozen=True, kw_only=True)
class PersonCallAnswered(Event):
    """The desk goes to the kiosk that called."""

    assistance_id: int
    device_id: int | None


# --- posts and tablets --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class PostEvent(Event):
    """A fact about where a member of staff is."""

    staff_id: int


@dataclass(frozen=True, kw_only=True)
class PostChanged(PostEvent):
    """Somebody clocked in or out, went to a meal, left, came back or covers (S46, S50 to S52); ``unapproved`` is an absence found."""

    state: str
    covers_id: int | None = None
    unapproved: bool = False


@dataclass(frozen=True, kw_only=True)
class PostChangeUndone(PostEvent):
    """A change was taken back within its time to undo: the post stands as before."""

    state: str


@dataclass(frozen=True, kw_only=True)
class PostAssumedOff(PostEvent):
    """Somebody has forgotten to clock out, or is no longer employed: off from now on; no time is invented."""


@dataclass(frozen=True, kw_only=True)
class LeaveEvent(PostEvent):
    """A fact about a wish to leave the post (S51)."""

    leave_id: int


@dataclass(frozen=True, kw_only=True)
class LeaveAsked(LeaveEvent):
    """Somebody asks the supervisor to be let go for a while."""


@dataclass(frozen=True, kw_only=True)
class LeaveDecided(LeaveEvent):
    """The supervisor approved or refused."""

    approved: bool


@dataclass(frozen=True, kw_only=True)
class LeaveWithdrawn(LeaveEvent):
    """Somebody no longer wishes to leave."""


@dataclass(frozen=True, kw_only=True)
class CoverEvent(PostEvent):
    """A fact about a wish to be covered; ``staff_id`` is who wants to go (S54)."""

    cover_id: int


@dataclass(frozen=True, kw_only=True)
class CoverAsked(CoverEvent):
    """Somebody is needed to take over."""


@dataclass(frozen=True, kw_only=True)
class CoverAccepted(CoverEvent):
    """Somebody took over."""

    by_id: int


@dataclass(frozen=True, kw_only=True)
class CoverReopened(CoverEvent):
    """Who had taken over took that back at once: somebody else is needed."""


@dataclass(frozen=True, kw_only=True)
class CoverEnded(CoverEvent):
    """The cover is over: who was covered is back, or somebody else is there."""


@dataclass(frozen=True, kw_only=True)
class CoverWithdrawn(CoverEvent):
    """Nobody needs to take over any more."""


@dataclass(frozen=True, kw_only=True)
class TabletEvent(Event):
    """A fact about a floor tablet and who has it open."""

    device_id: int
    staff_id: int
    session_id: int


@dataclass(frozen=True, kw_only=True)
class TabletUnlocked(TabletEvent):
    """Somebody opened a tablet with their PIN."""


@dataclass(frozen=True, kw_only=True)
class TabletLocked(TabletEvent):
    """A tablet was locked: by hand, for stillness, or because its right ended; its sockets are cut."""


# --- people and staff ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class NameEvent(Event):
    """A fact after which a tenant or a host may be called otherwise, wherever one is named."""


@dataclass(frozen=True, kw_only=True)
class TenantChanged(NameEvent):
    """A tenant was added or changed."""

    tenant_id: int


@dataclass(frozen=True, kw_only=True)
class HostChanged(NameEvent):
    """A host was added, changed or left."""

    host_id: int
    tenant_id: int


@dataclass(frozen=True, kw_only=True)
class HostPageIssued(Event):
    """The desk issued a personal link for a host; earlier ones are no longer good."""

    host_id: int


@dataclass(frozen=True, kw_only=True)
class PeopleImported(NameEvent):
    """A list of tenants and hosts was imported."""

    added: int
    changed: int


@dataclass(frozen=True, kw_only=True)
class StaffChanged(Event):
    """A member of staff was added, changed, or got a new password or PIN."""

    staff_id: int


@dataclass(frozen=True, kw_only=True)
class StaffSignedOn(Event):
    """A member of staff logged in."""

    staff_id: int


@dataclass(frozen=True, kw_only=True)
class StaffSignedOff(Event):
    """A member of staff's session ended."""

    staff_id: int
    session_id: int


# --- the meeting floor --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class CalendarChanged(Event):
    """The supervisor said something about a day, or a year, of the calendar."""

    day: str


@dataclass(frozen=True, kw_only=True)
class RoomChanged(NameEvent):
    """A room was added, changed, taken out of use or given another layout."""

    room_id: int


@dataclass(frozen=True, kw_only=True)
class SheetChanged(Event):
    """A line of the run sheets' template was changed: meetings registered from now on follow it."""

    category: str
    step: str


@dataclass(frozen=True, kw_only=True)
class ManualChanged(Event):
    """One of the department's texts was written anew."""

    name: str


@dataclass(frozen=True, kw_only=True)
class ScheduleImported(Event):
    """A weekly schedule was carried out (S112)."""

    added: int
    changed: int
    cancelled: int


@dataclass(frozen=True, kw_only=True)
class MeetingEvent(Event):
    """A fact about one meeting, in the room where it takes place."""

    meeting_id: int
    room_id: int


@dataclass(frozen=True, kw_only=True)
class MeetingRegistered(MeetingEvent):
    """A meeting was registered; ``source`` is form, adhoc (S115), schedule (S112) or api."""

    source: str


@dataclass(frozen=True, kw_only=True)
class MeetingChanged(MeetingEvent):
    """A meeting was moved, resized, laid out anew or changed otherwise; ``change_id`` holds the difference that people must see."""

    change_id: int | None
    from_room_id: int
    fields: str
    steps_moved: int


@dataclass(frozen=True, kw_only=True)
class MeetingMoved(MeetingEvent):
    """A meeting's state moved by the table of the rules: confirmed, preparing, ready, in session, ended, closed."""

    state: str


@dataclass(frozen=True, kw_only=True)
class MeetingUnconfirmed(MeetingEvent):
    """The day before is over and nobody has reconfirmed: the supervisor is told (S114)."""


@dataclass(frozen=True, kw_only=True)
class StartAsked(MeetingEvent):
    """The hour has come and nobody has said that the meeting began: the tablets ask; ``again`` asks whether anybody came."""

    again: bool


@dataclass(frozen=True, kw_only=True)
class HeadcountCounted(MeetingEvent):
    """How many really came."""

    people: int


@dataclass(frozen=True, kw_only=True)
class ChangeAcknowledged(MeetingEvent):
    """Somebody assigned has seen a change."""

    change_id: int
    staff_id: int


@dataclass(frozen=True, kw_only=True)
class ChangeUnseen(MeetingEvent):
    """Somebody assigned has not acknowledged a change in time; ``level`` is board, then supervisor."""

    change_id: int
    staff_id: int
    level: str


@dataclass(frozen=True, kw_only=True)
class AttendantAssigned(MeetingEvent):
    """An attendant looks after a meeting."""

    staff_id: int


@dataclass(frozen=True, kw_only=True)
class AttendantReleased(MeetingEvent):
    """An attendant no longer looks after a meeting."""

    staff_id: int


@dataclass(frozen=True, kw_only=True)
class StepEvent(MeetingEvent):
    """A fact about one step of a run sheet."""

    step_id: int
    step: str


@dataclass(frozen=True, kw_only=True)
class StepMoved(StepEvent):
    """A step was begun, finished, skipped, undone or missed; ``reason`` where one was needed."""

    state: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class StepHanded(StepEvent):
    """Somebody else does this step now."""

    staff_id: int | None


@dataclass(frozen=True, kw_only=True)
class StepAlarm(StepEvent):
    """A step's time crossed a line: ``level`` is soon, due, late, board, supervisor."""

    level: str


@dataclass(frozen=True, kw_only=True)
class TeaEvent(MeetingEvent):
    """A fact about a round of tea."""

    round_id: int


@dataclass(frozen=True, kw_only=True)
class TeaRoundMoved(TeaEvent):
    """A round of tea was armed, claimed, entered, done, skipped or undone."""

    state: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class TeaAlarm(TeaEvent):
    """A round of tea is due, or late: ``level`` is due, late, board."""

    level: str


@dataclass(frozen=True, kw_only=True)
class TeaIntervalSet(MeetingEvent):
    """The time between rounds of tea was changed while the meeting runs; none is on call."""

    minutes: int | None


@dataclass(frozen=True, kw_only=True)
class DoNotDisturbSet(MeetingEvent):
    """The people in the room want no service until they say so."""


@dataclass(frozen=True, kw_only=True)
class DoNotDisturbLifted(MeetingEvent):
    """Service goes on."""


@dataclass(frozen=True, kw_only=True)
class RoomCallEvent(Event):
    """A fact about a service call from a room."""

    call_id: int
    room_id: int
    meeting_id: int | None


@dataclass(frozen=True, kw_only=True)
class RoomCalled(RoomCallEvent):
    """Somebody in a room asks for something."""

    wish: str


@dataclass(frozen=True, kw_only=True)
class RoomCallMoved(RoomCallEvent):
    """A call was answered, somebody is there, it is done, not done well, or taken back."""

    state: str


@dataclass(frozen=True, kw_only=True)
class RoomCallAlarm(RoomCallEvent):
    """Nobody has answered a call, or nobody is there: ``level`` is again, board, supervisor, absent."""

    level: str


# --- the site -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class DayOpened(Event):
    """A new day began in the site's zone: lists of today are drawn anew."""

    day: str


@dataclass(frozen=True, kw_only=True)
class DatabaseRestored(Event):
    """A backup was put back: the history goes on from fact ``from_number``, and every screen takes everything anew."""

    from_number: int


@dataclass(frozen=True, kw_only=True)
class NoticeFailed(Event):
    """A message could not be delivered after every try."""

    notice_id: int
    visit_id: int | None


# --- other programs -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class TokenEvent(Event):
    """A fact about the token of another program."""

    token_id: int


@dataclass(frozen=True, kw_only=True)
class TokenMade(TokenEvent):
    """Another program may ask and register from now on."""


@dataclass(frozen=True, kw_only=True)
class TokenRevoked(TokenEvent):
    """Its token opens nothing any more."""


@dataclass(frozen=True, kw_only=True)
class TokenRestored(TokenEvent):
    """The revocation was taken back."""
