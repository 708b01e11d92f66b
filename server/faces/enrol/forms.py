"""What the enrolment pages may send in."""

from __future__ import annotations

from server.domain.devices.rules import DeviceRole
from server.web.forms import Form


class Ask(Form):
    """Which face a new device shall show."""

    role: DeviceRole
