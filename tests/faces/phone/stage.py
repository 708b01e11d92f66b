"""A visitor, a host and their phones: made by the house's own verbs, driven through the face."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from datetime import timedelta

from flask.testing import FlaskClient
from sqlmodel import select
from werkzeug.test import TestResponse

from server.domain.notices.queries import LINK
from server.domain.notices.tables import Notice
from server.domain.people import queries as people
from server.domain.people import service as people_service
from server.domain.visits import queries, service
from server.domain.visits.queries import LadderView, PassView
from server.domain.visits.rules import Recurrence
from server.web.house import House
from tests.factories import internal, make_host, make_tenant


@dataclass(kw_only=True)
class Phone:
    """A browser on one of the phone's pages."""

    client: FlaskClient
    csrf: str = ""

    def get(self, address: str, *, lang: str = "en") -> TestResponse:
        """Open a page."""
        answer = self.client.get(address, query_string={"lang": lang} if "?" not in address else None)
        found = re.search(r'name="csrf" content="([0-9a-f]+)"', answer.text)
        self.csrf = found[1] if found else self.csrf
        return answer

    def post(self, address: str, fields: dict[str, object] | None = None, *, operation: str = "", page: str = "") -> TestResponse:
        """Press a button of the page that stands at ``page`` (the address's own root unless given)."""
        self.get(page or "/".join(address.split("/")[:3]))
        sent = {"csrf": self.csrf, "operation": operation or secrets.token_hex(16), "lang": "en", **(fields or {})}
        return self.client.post(address, data=sent)


@dataclass(kw_only=True)
class Lobby:
    """One host, a colleague, and whoever comes."""

    house: House
    client: FlaskClient
    tenant: int = 0
    host: int = 0
    colleague: int = 0
    stranger: int = 0
    phone: Phone = field(init=False)

    def __post_init__(self) -> None:
        """Let three people work here, two of them for one company."""
        self.phone = Phone(client=self.client)
        self.tenant = make_tenant(self.house.door, name="澄江科技", name_en="Chengjiang Technology")
        self.colleague = make_host(self.house.door, tenant_id=self.tenant, name="单雄信", name_en="Xiongxin Shan")
        self.host = make_host(self.house.door, tenant_id=self.tenant, name="曾静怡", name_en="Jingyi Zeng")
        self.stranger = make_host(self.house.door, name="查良镛", name_en="Liangyong Zha")

    def walk_in(self, name: str = "周岚", *, phone: str = "13800138000", company: str = "蓝桥资本", host: int | None = None) -> int:
        """Sign a visitor in at the kiosk and return the visit."""
        outcome = service.sign_in_walk_in(
            self.house.door, internal(), host_id=host or self.host, name=name, phone=phone, company=company, consent_version="1", gate="A"
        )
        return int(outcome.ids["visit"] or 0)

    def invite(self, name: str = "周岚", *, recurrence: Recurrence | None = None, hours: int = 4) -> int:
        """Invite somebody from now on and return the invitation."""
        now = self.house.clock.now()
        outcome = service.invite(
            self.house.door,
            internal(),
            host_id=self.host,
            name=name,
            phone="13800138000",
            company="蓝桥资本",
            valid_from=now,
            valid_until=now + (timedelta(days=30) if recurrence else timedelta(hours=hours)),
            recurrence=recurrence,
        )
        return int(outcome.ids["invitation"] or 0)

    def invitation_token(self, invitation_id: int) -> str:
        """Return what an invitation's QR holds."""
        with self.house.door.reading() as session:
            return queries.invitation(session, self.house.keys, invitation_id).token

    def pass_of(self, visit_id: int) -> PassView:
        """Return a visitor's pass."""
        with self.house.door.reading() as session:
            return queries.pass_of_visit(session, self.house.keys, visit_id)

    def ladder(self, visit_id: int) -> LadderView:
        """Return how far the host's answer has come."""
        with self.house.door.reading() as session:
            return queries.ladder_of(session, visit_id)

    def answer_link(self, visit_id: int, host: int | None = None) -> str:
        """Return the address in the message that a host was sent about a visit."""
        with self.house.door.reading() as session:
            sent = select(Notice).where(Notice.visit_id == visit_id, Notice.host_id == (host or self.host))
            notice = session.exec(sent).first()
            assert notice is not None
            return f"/h/{self.house.keys.token(LINK, notice.link_number)}"

    def own_page(self, host: int | None = None) -> str:
        """Return the address of a host's own page."""
        people_service.issue_host_page(self.house.door, internal(), host_id=host or self.host)
        with self.house.door.reading() as session:
            return f"/h/{people.host_page_token(session, self.house.keys, host or self.host)}"
