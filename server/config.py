"""Settings: what a park may choose, each from the environment (``YINGBIN_*``) or a TOML file named by ``YINGBIN_CONFIG``."""

from __future__ import annotations

import ipaddress
import os
from datetime import time
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource


class Settings(BaseSettings):
    """All settings of one site. Times of day are in the site's zone; a name that ends in a unit is in that unit."""

    model_config = SettingsConfigDict(env_prefix="YINGBIN_", extra="ignore", frozen=True)

    mode: Literal["production", "demo", "test"] = Field("production", description="what may be relaxed: production relaxes nothing")
    data: Path = Field(Path("var"), description="folder of the database, the key, backups and demo.json")
    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(8080, ge=0, le=65535, description="port to listen on")
    database_url: str = Field("", description="PostgreSQL address; empty means SQLite in the data folder")
    redis_url: str = Field("", description="Redis that carries frames between workers; needed with more than one")
    workers: int = Field(1, ge=1, le=16, description="server processes; more than one needs PostgreSQL and Redis")
    timezone: str = Field("Asia/Shanghai", description="the site's time zone")
    site_name: str = Field("望江产业园", max_length=60, description="the park's name in Chinese")
    site_name_en: str = Field("Wangjiang Park", max_length=60, description="the park's name in English")
    origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="addresses people use, comma separated; empty means this host and port"
    )
    secret_key_file: Path | None = Field(None, description="file of the secret key, mode 0600; default `secret.key` in the data folder")
    basic_mode: bool = Field(False, description="allow plain HTTP on a local network: no camera, no offline shell, a banner says so")
    test_clock: Path | None = Field(None, description="file with an offset in seconds for tests; refused in production")
    notify_urls_file: Path | None = Field(None, description="file of apprise addresses, one a line as `name=url` (extra `notify`)")
    notify_file: Path | None = Field(None, description="append every message to this file as JSON lines")
    seen_seconds: int = Field(60, ge=5, description="unseen by the host for this long: the delegate is told too")
    answer_seconds: int = Field(180, ge=10, description="unanswered for this long: the desk is asked")
    kiosk_idle_seconds: int = Field(45, ge=5, description="stillness before the kiosk asks “still there?”")
    kiosk_warning_seconds: int = Field(20, ge=5, description="time to answer that before everything is wiped")
    kiosk_wait_seconds: int = Field(90, ge=10, description="how long a kiosk shows the wait for a host")
    gate: str = Field("A", max_length=20, description="name of the gate a device stands at unless its own is set")
    farewell_at: time = Field(time(17, 30), description="the message “still with you?” to each tenant")
    sweep_at: time = Field(time(20, 0), description="who has not signed out by now is marked assumed left")
    retention_days: int = Field(30, ge=1, le=3650, description="days after which a visit's personal data is made anonymous")
    api_per_minute: int = Field(600, ge=1, description="requests a minute that another program may make with one token")
    upload_megabytes: int = Field(8, ge=1, le=64, description="largest upload")
    proxies: int = Field(0, ge=0, le=3, description="reverse proxies in front whose X-Forwarded-For is believed")
    quiet_hours: str = Field(
        "21:00-07:00",
        pattern=r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$",
        description="hours in which boards and desk do not chime, as `21:00-07:00`",
    )
    desk_lock_minutes: int = Field(10, ge=1, le=720, description="stillness after which the desk asks for the password again")
    tablet_lock_minutes: int = Field(30, ge=1, le=720, description="stillness after which a floor tablet asks for the PIN again")

    @field_validator("origins", mode="before")
    @classmethod
    def _split_origins(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip().rstrip("/") for part in value.split(",") if part.strip())
        return value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        ZoneInfo(value)
        return value

    @model_validator(mode="after")
    def _refuse_unsafe(self) -> Settings:
        if self.mode == "production" and self.test_clock is not None:
            raise ValueError("YINGBIN_TEST_CLOCK is refused in production")
        if self.workers > 1 and not (self.database_url and self.redis_url):
            raise ValueError("YINGBIN_WORKERS above 1 needs YINGBIN_DATABASE_URL (PostgreSQL) and YINGBIN_REDIS_URL")
        if not self.basic_mode and any(not _is_secure_context(origin) for origin in self.origins):
            raise ValueError("YINGBIN_ORIGINS names plain HTTP: use https, or choose YINGBIN_BASIC_MODE=true and its limits")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments first, then the environment, then the file named by ``YINGBIN_CONFIG``."""
        named = os.environ.get("YINGBIN_CONFIG")
        if not named:
            return init_settings, env_settings
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, Path(named))

    @property
    def database(self) -> str:
        """The address of the database in SQLAlchemy's words."""
        if not self.database_url:
            return f"sqlite:///{(self.data / 'yingbin.sqlite3').absolute()}"
        for prefix in ("postgres://", "postgresql://"):
            if self.database_url.startswith(prefix):
                return "postgresql+psycopg://" + self.database_url.removeprefix(prefix)
        return self.database_url

    @property
    def key_file(self) -> Path:
        """Where the secret key is."""
        return self.secret_key_file or self.data / "secret.key"

    @property
    def zone(self) -> ZoneInfo:
        """The site's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def allowed_origins(self) -> tuple[str, ...]:
        """Every origin a browser may come from; the first is the one that QR codes lead to."""
        if self.origins:
            return self.origins
        return (f"http://127.0.0.1:{self.port}", f"http://localhost:{self.port}")

    @property
    def is_https(self) -> bool:
        """Whether people reach the house over TLS, so that cookies may be Secure and carry the ``__Host-`` prefix."""
        return all(origin.startswith("https://") for origin in self.allowed_origins)


def _is_secure_context(origin: str) -> bool:
    parts = urlsplit(origin)
    if parts.scheme == "https" or parts.hostname == "localhost":
        return True
    try:
        return ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False
