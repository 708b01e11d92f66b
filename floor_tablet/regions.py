"""Live regions of the tablet: who is on post, in the head; what asks, in the bands; one's own post and everybody's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from flask import render_template
from flask_babel import lazy_gettext
from sqlmodel import Session

from floor_tablet import regions_work, words
from server.domain.posts import queries
from server.domain.posts.queries import PostRow
from server.domain.posts.rules import CoverState, LeaveState, PostState
from server.domain.staff.rules import Role as StaffRole
from server.events import Event, PostEvent, StaffChanged
from server.live.regions import ROW, Region, RegionId, Registry, every
from server.web.auth import Principal

POSTS: tuple[type[Event], ...] = (PostEvent, StaffChanged)
"""What moves somebody, or changes a name."""


def add_regions(registry: Registry) -> None:
    """Add this face's regions."""
    regions_work.add_regions(registry)
    who = {"aria-label": lazy_gettext("Who is on post")}
    registry.add(Region(name="tablet.people", touched_by=POSTS, render=_people, tag="div", css_class="tablet-people", attributes=who))
    registry.add(Region(name="tablet.posts", touched_by=POSTS, render=_posts, css_class="section", attributes=who))
    for name, draw, tag, css_class in (("asks", _asks, "div", "tablet-asks"), ("post", _post, "section", "my-post")):
        region = f"tablet.{name}"
        touched = dict.fromkeys(POSTS, _every(region))
        registry.add(Region(name=region, parameter=ROW, touched_by=touched, render=draw, tag=tag, css_class=css_class))


MOST_BANDS = 2
"""Bands of people who ask to be covered; the rest is counted, so that the page below stays in reach."""
OWN = ("asks", "post", "now", "changes", "left_open")
"""Regions of one person each."""


def opened_by(asker: Principal, _key: str) -> Iterable[str]:
    """Open what is one person's own to whoever has the tablet open."""
    if asker.tablet_id is None:
        return ()
    return tuple(f"tablet.{name}:{asker.staff_id}" for name in OWN)


def _every(name: str) -> Any:
    return lambda _fact: every(name)


def _draw(template: str, **shown: Any) -> str:
    return render_template(f"tablet/{template}", words=words, **shown)


def _people(session: Session, _id: RegionId) -> str:
    rows = queries.on_duty(session)
    by_state: dict[PostState, list[PostRow]] = defaultdict(list)
    for row in rows:
        by_state[row.state].append(row)
    groups = [(state, by_state[state]) for state in PostState if by_state[state]]
    return _draw("_people.html", groups=groups, is_empty=queries.is_desk_empty(rows))


def _posts(session: Session, _id: RegionId) -> str:
    return _draw("_posts.html", rows=queries.everyone(session))


def _asks(session: Session, region_id: RegionId) -> str:
    me = queries.post_of(session, int(region_id.parameter))
    asked = [cover for cover in queries.open_covers(session) if cover.state is CoverState.ASKED and cover.for_id != me.staff_id]
    # The desk before all others: it may not be left at all (S54).
    covers = sorted(asked, key=lambda cover: cover.role is not StaffRole.DESK)
    return _draw(
        "_asks.html",
        me=me,
        covers=covers[:MOST_BANDS],
        more=len(covers[MOST_BANDS:]),
        may_leave=bool(me.leave and me.leave.state is LeaveState.APPROVED),
    )


def _post(session: Session, region_id: RegionId) -> str:
    me = queries.post_of(session, int(region_id.parameter))
    newest = queries.newest_decision(session, me.staff_id)
    # Until the next change of post: then it is an old story.
    is_refused = newest and newest.state is LeaveState.REFUSED and me.since and newest.decided_at and newest.decided_at >= me.since
    return _draw("_post.html", me=me, refused=newest if is_refused else None, closes=_closes(me, queries.on_duty(session)))


def _closes(me: PostRow, rows: Sequence[PostRow]) -> bool:
    """Tell whether my going home closes the desk: nobody else is there, and whom I cover for has gone home too."""
    is_last = me.at_desk and not any(row.at_desk for row in rows if row.staff_id != me.staff_id)
    return is_last and (me.covers_id is None or me.covers_id not in {row.staff_id for row in rows})
