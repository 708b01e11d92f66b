from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.meetings.sheets import FAULT_CODES, MOST_INSTANCES, Schedule, ScheduleRow
from server.domain.meetings.sheets.calendars import calendar_of
from server.domain.meetings.sheets.rows import packed, unpacked
from tests.domain.meetings.schedules import SITE, calendar, codes, local, refusal_of, weekly_calendar

TIMES = ("DTSTART;TZID=Asia/Shanghai:20261123T090000", "DTEND;TZID=Asia/Shanghai:20261123T100000")
VIENNA = (
    *("BEGIN:VTIMEZONE", "TZID:Wien", "BEGIN:STANDARD", "DTSTART:19961027T030000", "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100"),
    *("RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU", "END:STANDARD", "BEGIN:DAYLIGHT", "DTSTART:19810329T020000", "TZOFFSETFROM:+0100"),
    *("TZOFFSETTO:+0200", "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", "END:DAYLIGHT", "END:VTIMEZONE"),
)


def event(*lines: str, times: tuple[str, ...] = TIMES, uid: str = "a@park") -> tuple[str, ...]:
    about = [line for line in ("SUMMARY:晨会", "LOCATION:301") if not any(other.startswith(line.split(":")[0]) for other in lines)]
    return ("BEGIN:VEVENT", f"UID:{uid}", *times, *about, *lines, "END:VEVENT")


def listed(*lines: str) -> Schedule:
    return calendar_of(calendar(*lines), SITE)


def row(*lines: str, times: tuple[str, ...] = TIMES) -> ScheduleRow:
    (found,) = listed(*event(*lines, times=times)).rows
    return found


def refusal(content: bytes) -> str:
    return refusal_of(lambda: calendar_of(content, SITE))


# --- single events -----------------------------------------------------------------------------------------------------


def test_a_calendar_with_a_moved_and_a_cancelled_instance_is_read() -> None:
    found = calendar_of(weekly_calendar(), SITE).rows
    assert [(each.title, each.room, local(each), each.cancelled) for each in found] == [
        ("晨会", "301", "11-23 09:00-09:30", False),
        ("晨会", "302", "11-24 10:00-10:30", False),
        ("晨会", "301", "11-25 09:00-09:30", True),
        ("晨会", "301", "11-27 09:00-09:30", False),
        ("贵宾来访", "多功能厅", "11-24 14:00-15:30", False),
    ]
    assert [(each.category, each.layout, each.contact_name, each.notes) for each in found[-1:]] == [
        ("vip", "reception", "曾静怡", "走东门 备茶")
    ]
    assert not any(each.faults for each in found)


@pytest.mark.parametrize(
    "times",
    [
        ("DTSTART;TZID=Asia/Shanghai:20261123T090000", "DTEND;TZID=Asia/Shanghai:20261123T100000"),
        ("DTSTART;TZID=China Standard Time:20261123T090000", "DURATION:PT1H"),
        ("DTSTART:20261123T010000Z", "DTEND:20261123T020000Z"),
        ("DTSTART:20261123T090000", "DTEND:20261123T100000"),
        ("DTSTART;TZID=Wien:20261123T020000", "DTEND;TZID=Wien:20261123T030000"),
    ],
)
def test_an_instant_is_read_in_every_zone_and_a_floating_one_is_the_sites(times: tuple[str, str]) -> None:
    (found,) = listed(*VIENNA, *event(times=times)).rows
    assert local(found) == "11-23 09:00-10:00"


def test_a_single_event_is_given_whenever_it_is() -> None:
    assert local(row(times=("DTSTART:20270301T010000Z", "DTEND:20270301T020000Z"))) == "03-01 09:00-10:00"


@pytest.mark.parametrize(
    ("times", "code"),
    [
        ((), ("DTSTART", "time", "time_unclear")),
        (("DTSTART;VALUE=DATE:20261123", "DTEND;VALUE=DATE:20261124"), ("DTSTART", "time", "time_unclear")),
        (("DTSTART:gestern", "DTEND:20261123T020000Z"), ("DTSTART", "time", "time_unclear")),
        (("DTSTART:00010101T000000Z", "DURATION:PT1H"), ("DTSTART", "time", "time_unclear")),
        (("DTSTART;TZID=Nirgendwo:20261123T090000", "DURATION:PT1H"), ("DTSTART", "time", "time_unclear")),
        (("DTSTART:20261123T010000Z",), ("DTEND", "end", "missing")),
        (("DTSTART:20261123T010000Z", "DTEND:morgen"), ("DTEND", "end", "time_unclear")),
        (("DTSTART:20261123T010000Z", "DTEND;VALUE=DATE:20261124"), ("DTEND", "end", "time_unclear")),
        (("DTSTART:20261123T010000Z", "DURATION:P99999999999D"), ("DTEND", "end", "time_unclear")),
        (("DTSTART:20261123T010000Z", "DTEND:20261123T010000Z"), ("DTEND", "end", "ends_before_start")),
        (("DTSTART:20261123T010000Z", "DURATION:-PT1H"), ("DTEND", "end", "ends_before_start")),
        (("DTSTART:20261123T010000Z", "DTEND:20261124T010000Z"), ("DTEND", "end", "over_midnight")),
    ],
)
def test_an_event_whose_time_is_unclear_is_named_and_stops_no_other(times: tuple[str, ...], code: tuple[str, str, str]) -> None:
    faulty, sound = listed(*event(times=times), *event(uid="b@park")).rows
    assert codes(faulty) == [code]
    assert (faulty.starts_at, faulty.ends_at, faulty.title, faulty.number) == (None, None, "晨会", 1)
    assert (local(sound), sound.number) == ("11-23 09:00-10:00", 2)


def test_a_meeting_until_midnight_is_of_one_day() -> None:
    assert local(row(times=("DTSTART:20261123T220000", "DTEND:20261124T000000"))) == "11-23 22:00-00:00"


def test_what_an_event_says_is_kept() -> None:
    found = row(
        *(
            "SUMMARY:贵宾来访\\, 一行",
            "LOCATION:多功能厅",
            "CATEGORIES:蓝色类别,重要",
            "CONTACT:王芳 13800138000",
            "DESCRIPTION:走东门\\n备茶",
        ),
        *("X-LAYOUT:会见式", "X-GUARANTEED:24", "X-TENANT:江南茶业", "X-TEA-MINUTES:20", "X-EQUIPMENT:话筒\\, 投影"),
        *("ATTENDEE;CN=王芳:mailto:a@park", "ATTENDEE;PARTSTAT=DECLINED:mailto:b@park", "ATTENDEE;CUTYPE=ROOM;CN=302:mailto:r@park"),
    )
    assert (found.title, found.room, found.category, found.layout) == ("贵宾来访, 一行", "多功能厅", "important", "reception")
    assert (found.contact_name, found.contact_phone, found.tenant) == ("王芳", "13800138000", "江南茶业")
    assert (found.estimated, found.guaranteed, found.tea_minutes) == (1, 24, 20)
    assert (found.notes, found.equipment, found.faults) == ("走东门 备茶", "话筒, 投影", ())
    assert found.columns["title"] == "SUMMARY"


def test_a_room_may_be_invited_instead_of_named() -> None:
    found = row("LOCATION:", "ATTENDEE;CUTYPE=ROOM;CN=302:mailto:r@park", "ORGANIZER:mailto:wang@park")
    assert (found.room, found.contact_name, found.estimated) == ("302", "wang@park", None)


def test_a_long_invitation_is_cut_and_a_colour_is_no_category() -> None:
    found = row(f"DESCRIPTION:{'会' * 900}", "CATEGORIES:蓝色类别")
    assert (len(found.notes), found.notes[-1], found.category, found.faults) == (500, "…", "", ())


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("SUMMARY:", ("SUMMARY", "title", "missing")),
        ("LOCATION:", ("LOCATION", "room", "missing")),
        (f"SUMMARY:{'会' * 81}", ("SUMMARY", "title", "too_long")),
        ("SUMMARY:晨\x00会", ("SUMMARY", "title", "broken_text")),
        ("X-CATEGORY:特大", ("CATEGORIES", "category", "category_unknown")),
        ("X-LAYOUT:飞机", ("X-LAYOUT", "layout", "layout_unknown")),
        ("X-ESTIMATED:很多", ("ATTENDEE", "estimated", "number_unclear")),
    ],
)
def test_what_is_wrong_with_a_property_is_named(line: str, code: tuple[str, str, str]) -> None:
    assert codes(row(line)) == [code]


# --- recurring events --------------------------------------------------------------------------------------------------


def test_a_recurring_event_is_spelt_out_within_the_window() -> None:
    found = listed(*event("RRULE:FREQ=WEEKLY;BYDAY=MO,WE")).rows
    assert [local(each)[:5] for each in found] == ["11-23", "11-25", "11-30", "12-02"]
    assert {each.number for each in found} == {1}
    assert len({each.key for each in found}) == 4


def test_one_that_began_long_ago_keeps_its_hour_over_the_change_of_the_clocks() -> None:
    times = ("DTSTART;TZID=Wien:20240701T090000", "DTEND;TZID=Wien:20240701T100000")
    found = listed(*VIENNA, *event("RRULE:FREQ=WEEKLY", times=times)).rows
    assert [local(each) for each in found] == ["11-23 16:00-17:00", "11-30 16:00-17:00"]


def test_more_dates_are_added_and_others_taken_out() -> None:
    found = listed(
        *event("RRULE:FREQ=DAILY;COUNT=3", "RDATE;TZID=Asia/Shanghai:20261201T090000", "EXDATE;TZID=Asia/Shanghai:20261124T090000")
    ).rows
    assert [local(each)[:5] for each in found] == ["11-23", "11-25", "12-01"]


def test_dates_alone_make_an_event_recur_too() -> None:
    found = listed(*event("RDATE:20261124T090000,20261125T090000", times=("DTSTART:20261123T090000", "DURATION:PT1H"))).rows
    assert [local(each) for each in found] == ["11-23 09:00-10:00", "11-24 09:00-10:00", "11-25 09:00-10:00"]


def moved(*lines: str, start: str = "20261124T140000", end: str = "20261124T150000", params: str = "") -> tuple[str, ...]:
    zone = "TZID=Asia/Shanghai"
    return event(
        f"RECURRENCE-ID;{zone}{params}:20261124T090000", "SEQUENCE:1", *lines, times=(f"DTSTART;{zone}:{start}", f"DTEND;{zone}:{end}")
    )


def test_a_moved_instance_keeps_the_key_it_had_before() -> None:
    daily = event("RRULE:FREQ=DAILY;COUNT=3")
    before, after = listed(*daily).rows, listed(*daily, *moved("LOCATION:302")).rows
    assert [local(each) for each in after] == ["11-23 09:00-10:00", "11-24 14:00-15:00", "11-25 09:00-10:00"]
    assert [each.key for each in before] == [each.key for each in after]
    assert [each.room for each in after] == ["301", "302", "301"]


def test_an_instance_is_the_same_by_the_sites_clock_and_in_utc() -> None:
    floating = listed(*event("RRULE:FREQ=DAILY;COUNT=2", times=("DTSTART:20261123T090000", "DURATION:PT1H"))).rows
    in_utc = listed(*event("RRULE:FREQ=DAILY;COUNT=2", times=("DTSTART:20261123T010000Z", "DURATION:PT1H"))).rows
    assert [each.key for each in floating] == [each.key for each in in_utc]
    assert row("RECURRENCE-ID:20261124T090000").key == floating[1].key


def test_a_moved_instance_comes_alone_or_before_its_series() -> None:
    daily = event("RRULE:FREQ=DAILY;COUNT=3")
    (alone,) = listed(*moved()).rows
    assert (alone.key, local(alone)) == (listed(*daily).rows[1].key, "11-24 14:00-15:00")
    assert [each.key for each in listed(*moved(), *daily).rows] == [each.key for each in listed(*daily).rows]


def test_a_change_of_one_and_all_that_follow_keeps_all_their_keys() -> None:
    daily = event("RRULE:FREQ=DAILY;COUNT=4")
    changed = listed(*daily, *moved(params=";RANGE=THISANDFUTURE")).rows
    assert [local(each) for each in changed] == ["11-23 09:00-10:00", "11-24 14:00-15:00", "11-25 14:00-15:00", "11-26 14:00-15:00"]
    assert [each.key for each in changed] == [each.key for each in listed(*daily).rows]


def test_an_instance_or_all_of_them_may_be_cancelled() -> None:
    daily = "RRULE:FREQ=DAILY;COUNT=3"
    one = listed(*event(daily), *moved("STATUS:CANCELLED")).rows
    every = listed(*event(daily, "STATUS:CANCELLED"), *moved()).rows
    assert [each.cancelled for each in one] == [False, True, False]
    assert [each.cancelled for each in every] == [True, True, True]
    assert row("STATUS:CANCELLED").cancelled
    assert not row("STATUS:CONFIRMED").cancelled


def test_a_calendar_that_takes_back_takes_back_all_it_holds() -> None:
    assert [each.cancelled for each in listed("METHOD:CANCEL", *event()).rows] == [True]
    assert [each.cancelled for each in listed("METHOD:REQUEST", *event()).rows] == [False]


def test_the_newest_of_two_versions_counts() -> None:
    found = listed(*event("SEQUENCE:2", "LOCATION:302"), *event("SEQUENCE:1")).rows
    assert [each.room for each in found] == ["302"]


def test_a_faulty_instance_is_named_and_its_old_time_is_not_believed() -> None:
    found = listed(*event("RRULE:FREQ=DAILY;COUNT=3"), *moved(start="unklar")).rows
    assert [codes(each) for each in found] == [[], [], [("DTSTART", "time", "time_unclear")]]
    assert found[2].key == listed(*event("RRULE:FREQ=DAILY;COUNT=3")).rows[1].key


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("RRULE:FREQ=SECONDLY", "repeats_too_much"),
        ("RRULE:FREQ=MINUTELY;COUNT=9", "repeats_too_much"),
        ("RRULE:FREQ=HOURLY", "repeats_too_much"),
        (f"RRULE:FREQ=DAILY;BYHOUR=9,10;BYMINUTE={','.join(map(str, range(60)))}", "repeats_too_much"),
        ("RRULE:FREQ=DAILY;INTERVAL=0", "repeats_unclear"),
        ("RRULE:FREQ=DAILY;BYDAY=XX", "repeats_unclear"),
        ("RRULE:nonsense", "repeats_unclear"),
        ("RRULE:FREQ=DAILY;UNTIL=morgen", "repeats_unclear"),
        ("RDATE:nonsense", "repeats_unclear"),
    ],
)
def test_an_event_that_never_stops_or_repeats_unclearly_is_named_once(line: str, code: str) -> None:
    faulty, change, sound = listed(*event(line), *moved(), *event(uid="b@park")).rows
    assert codes(faulty) == [("RRULE", "repeats", code)]
    assert not change.faults + sound.faults


def test_an_event_since_the_middle_ages_is_not_counted_through() -> None:
    found = row("RRULE:FREQ=DAILY", times=("DTSTART:00010101T090000", "DURATION:PT1H"))
    assert codes(found) == [("DTSTART", "time", "time_unclear")]


def test_all_day_events_are_named_once_however_often_they_recur() -> None:
    found = row("RRULE:FREQ=YEARLY", times=("DTSTART;VALUE=DATE:20261123",))
    assert codes(found) == [("DTSTART", "time", "time_unclear")]


def test_events_without_a_uid_are_known_by_time_and_title() -> None:
    lines = [line for line in (*event(), *event("SUMMARY:评审")) if not line.startswith("UID")]
    first, second = listed(*lines).rows
    assert first.key != second.key
    assert [each.key for each in listed(*lines).rows] == [first.key, second.key]


# --- files -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (calendar(), "file_empty"),
        (b"BEGIN:VCALENDAR", "file_empty"),
        (b"nonsense", "file_unreadable"),
        (b"END:VCALENDAR", "file_unreadable"),
        (calendar(*["BEGIN:VEVENT"] * 5001), "file_too_many_rows"),
        (calendar(*["BEGIN:VTODO", "END:VTODO"] * 3), "file_empty"),
    ],
)
def test_a_file_without_events_or_with_too_many_is_refused(content: bytes, code: str) -> None:
    assert refusal(content) == code


def test_more_instances_than_a_schedule_may_have_are_refused() -> None:
    every_minute = [f"{SITE.since + timedelta(minutes=minute):%Y%m%dT%H%M%SZ}" for minute in range(MOST_INSTANCES + 1)]
    assert refusal(calendar(*event(f"RDATE:{','.join(every_minute)}"))) == "file_too_many_rows"
    assert len(listed(*event(f"RDATE:{','.join(every_minute[:500])}")).rows) == 501


def test_calendars_in_the_encodings_of_offices_and_several_in_one_file_are_read() -> None:
    text = calendar(*event()).decode()
    for content in (
        text.encode("gb18030"),
        text.encode("utf-8-sig"),
        text.encode("utf-16"),
        (text + text.replace("a@park", "b@park")).encode(),
    ):
        assert {each.title for each in calendar_of(content, SITE).rows} == {"晨会"}


NAMES = st.sampled_from(
    [
        *(
            "DTSTART",
            "DTSTART;TZID=Nowhere",
            "DTEND",
            "DURATION",
            "RRULE",
            "RDATE",
            "EXDATE",
            "RECURRENCE-ID",
            "RECURRENCE-ID;RANGE=THISANDFUTURE",
        ),
        *("UID", "SEQUENCE", "STATUS", "SUMMARY", "LOCATION", "DESCRIPTION", "CATEGORIES", "CONTACT", "ORGANIZER", "X-LAYOUT"),
        *("ATTENDEE", "ATTENDEE;CUTYPE=ROOM"),
    ]
)
VALUES = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            "20261123T090000",
            "20261123",
            "20261124T010000Z",
            "PT1H",
            "-P1D",
            "FREQ=DAILY",
            "FREQ=WEEKLY;COUNT=3",
            "FREQ=DAILY;UNTIL=20261130",
            "CANCELLED",
        ]
    ),
)


@given(st.lists(st.lists(st.tuples(NAMES, VALUES), max_size=8), min_size=1, max_size=3))
@settings(max_examples=250, deadline=None)
def test_whatever_stands_in_a_calendar_is_rows_with_faults_of_the_house(events: list[list[tuple[str, str]]]) -> None:
    lines = [line for each in events for line in ("BEGIN:VEVENT", *(f"{name}:{value}" for name, value in each), "END:VEVENT")]
    refused = refusal(calendar(*lines))
    assert refused in {"", "file_unreadable"}
    found = Schedule(rows=()) if refused else listed(*lines)
    assert unpacked(packed(found)) == found
    for each in found.rows:
        assert {fault.code for fault in each.faults} <= FAULT_CODES
        assert each.faults or (each.starts_at and each.ends_at and each.starts_at < each.ends_at)
