"""What the environment decides: one typed value, read once when the service starts."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any

UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)?", re.ASCII)
SIZES = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
USUAL_PORT = re.compile(r"(http://.*):80\Z|(https://.*):443\Z")
SIZE = re.compile(r"(\d+)\s*([kmg]?)i?b?", re.ASCII | re.IGNORECASE)


class BadSetting(ValueError):
    """A variable of the environment that cannot be understood."""


def text(value: str) -> str:
    return value


def texts(value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",") if part.strip())


def flag(value: str) -> bool:
    words = {"1": True, "true": True, "yes": True, "on": True}
    words |= {"0": False, "false": False, "no": False, "off": False, "": False}
    if value.lower() not in words:
        raise ValueError("expected true or false")
    return words[value.lower()]


def number(least: int, most: int) -> Callable[[str], int]:
    """A parser of whole numbers within limits."""

    def parse(value: str) -> int:
        if not re.fullmatch(r"\d{1,15}", value, re.ASCII):
            raise ValueError("expected a whole number")
        if not least <= int(value) <= most:
            raise ValueError(f"expected {least} to {most}")
        return int(value)

    return parse


def duration(value: str) -> float:
    found = DURATION.fullmatch(value.strip())
    if found is None:
        raise ValueError("expected a duration such as 500ms, 5s, 10m, 24h or 7d")
    return float(found[1]) * UNITS[found[2] or "s"]


def span(value: str) -> float:
    """A duration that ends something again and again, and so is longer than nothing."""
    found = duration(value)
    if not found:
        raise ValueError("expected a duration longer than 0s")
    return found


def durations(value: str) -> tuple[float, ...]:
    if not texts(value):
        raise ValueError("expected durations such as 0s, 5s, 5m")
    return tuple(duration(part) for part in texts(value))


def size(value: str) -> int:
    found = SIZE.fullmatch(value.strip())
    if found is None:
        raise ValueError("expected a size such as 65536, 512k or 16m")
    return int(found[1]) * SIZES[found[2].lower()]


def origin(value: str) -> str:
    if not re.fullmatch(r"https?://[^/?#\s@]+(/[^?#\s]*)?", value):
        raise ValueError("expected a URL such as https://api.example.com")
    return value.rstrip("/")


def pages(value: str) -> tuple[str, ...]:
    """Origins as browsers write them: in lower case, without the usual port or a slash."""
    found = tuple(part.lower().rstrip("/") for part in texts(value))
    if not all(re.fullmatch(r"\*|https?://(\*\.)?[^/?#\s@*]+", one) for one in found):
        raise ValueError("expected origins such as https://app.example.com, or *")
    return tuple(USUAL_PORT.sub(r"\1\2", one) for one in found)


def named(value: str) -> dict[str, str]:
    """What stands behind each `name=`."""
    found: dict[str, str] = {}
    for part in texts(value):
        name, equals, rest = part.partition("=")
        if not (name.strip() and equals and rest.strip()):
            raise ValueError("expected name=value, name=value")
        found[name.strip()] = rest.strip()
    return found


def urls(value: str) -> Mapping[str, str]:
    found = named(value)
    if not all(re.fullmatch(r"https?://[^/?#\s]+\S*", one) for one in found.values()):
        raise ValueError("expected URLs such as billing=https://billing.example.com")
    return found


def headers(value: str) -> Mapping[str, Mapping[str, str]]:
    found = {}
    for name, line in named(value).items():
        header, colon, text = line.partition(":")
        if not (re.fullmatch(r"[A-Za-z0-9-]+", header) and colon and text.strip()):
            raise ValueError("expected headers such as billing=Authorization: Bearer x")
        found[name] = {header: text.strip()}
    return found


def one_of(*words: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value.lower() not in words:
            raise ValueError(f"expected one of {', '.join(words)}")
        return value.lower()

    return parse


def setting(parse: Callable[[str], Any], default: Any, help: str) -> Any:
    """A field that a variable of the same name, in upper case, sets."""
    return field(default=default, metadata={"parse": parse, "help": help})


HOUR = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting of a service; each is the environment variable of its name in upper case."""

    host: str = setting(text, "127.0.0.1", "The address to listen on.")
    port: int = setting(
        number(0, 65535), 8000, "The port to listen on; 0 takes a free one."
    )
    public_url: str | None = setting(
        origin, None, "What callers see: the base of every URL we give out."
    )
    allowed_hosts: tuple[str, ...] = setting(
        texts,
        (),
        "Host names that requests may be sent to, besides localhost and the public"
        " URL's; * allows every one.",
    )
    allowed_origins: tuple[str, ...] = setting(
        pages,
        (),
        "Origins whose pages may call from a browser (CORS), such as"
        " https://app.example.com; * allows every one.",
    )
    database_url: str = setting(
        text, "sqlite:///service.db", "Where the jobs are kept."
    )
    broker_url: str = setting(
        text,
        "memory://",
        "The broker that messages go through; memory:// is one within this process.",
    )
    message_group: str | None = setting(
        text,
        None,
        "Who shares messages: a process of another group gets a copy of each; the service's name by default.",
    )
    message_memory: float = setting(
        duration,
        24 * HOUR,
        "How long a handled message is known, should it come again.",
    )
    server_urls: Mapping[str, str] | None = setting(
        urls,
        None,
        "Where the document's servers are that messages are sent to, as name=URL.",
    )
    server_headers: Mapping[str, Mapping[str, str]] | None = setting(
        headers,
        None,
        "What these calls carry besides, such as name=Authorization: Bearer ….",
    )
    workers: int = setting(
        number(1, 10_000), 4, "Jobs that this process works on at a time."
    )
    max_body: int = setting(size, 16 << 20, "The largest request body, in bytes.")
    max_waiters: int = setting(
        number(1, 1_000_000), 10_000, "Long polls and event streams at a time."
    )
    max_jobs_per_caller: int = setting(
        number(1, 1_000_000_000), 1000, "Unfinished jobs of one caller before 429."
    )
    retention: float | None = setting(
        duration, None, "How long ended jobs stay, instead of what the document says."
    )
    tombstones: float = setting(
        duration, 7 * 24 * HOUR, "How long the id of a purged job answers 410."
    )
    lease: float = setting(
        span, 30.0, "How long a worker may be silent before its jobs are retried."
    )
    grace: float = setting(
        duration, 20.0, "How long work in hand may take when the service is stopped."
    )
    heartbeat: float = setting(
        span, 15.0, "How often an idle event stream says that it is alive."
    )
    delivery_schedule: tuple[float, ...] = setting(
        durations,
        (0.0, 5.0, 300.0, 1800.0, *(hours * HOUR for hours in (2, 5, 10, 14, 20, 24))),
        "The waits before each attempt at a delivery; the first is at once.",
    )
    callback_secret: str | None = setting(
        text, None, "Signs the callbacks of a document without security (whsec_…)."
    )
    admin_token: str | None = setting(
        text, None, "The bearer token that manages what belongs to no caller."
    )
    client_certificate_header: str | None = setting(
        text,
        None,
        "The header in which your proxy passes on the certificate of a caller (mutual TLS).",
    )
    development: bool = setting(
        flag, False, "Lets callbacks and webhooks go to http and to this machine."
    )
    log_level: str = setting(
        one_of("debug", "info", "warning", "error"), "info", "How much is logged."
    )

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], **defaults: Any) -> Settings:
        """The settings; an empty variable counts as unset. Raises BadSetting."""
        given = {
            one.field: one.value(environ[one.name])
            for one in SETTINGS
            if environ.get(one.name, "").strip()
        }
        return cls(**{**defaults, **given})


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as the documentation shows it."""

    name: str
    """The environment variable."""
    field: str
    type: str
    default: object
    help: str
    parse: Callable[[str], Any]

    def value(self, text: str) -> Any:
        """What the variable's text means; raises BadSetting with a line for the terminal."""
        try:
            return self.parse(text.strip())
        except ValueError as error:
            raise BadSetting(f"{self.name}={text!r}: {error}") from None


def settings_of(settings: type[Settings]) -> tuple[Setting, ...]:
    return tuple(
        Setting(
            one.name.upper(),
            one.name,
            str(one.type),
            None if one.default is MISSING else one.default,
            one.metadata["help"],
            one.metadata["parse"],
        )
        for one in fields(settings)
    )


SETTINGS: tuple[Setting, ...] = settings_of(Settings)
"""Every setting, in the order a person should read them."""


def settings_of_environment(database_url: str) -> Settings:
    """The settings of this program; it ends with a line on stderr when one is bad."""
    try:
        return Settings.from_environment(os.environ, database_url=database_url)
    except BadSetting as error:
        print(error, file=sys.stderr)
        raise SystemExit(2) from None
