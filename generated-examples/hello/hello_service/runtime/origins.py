"""Which host a request may be sent to, which pages may send it, and what the URLs we give out begin with."""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from typing import cast
from urllib.parse import quote, urlsplit

from starlette.types import Scope

from .problem import HttpProblem
from .settings import Settings

PROBES = ("/healthz", "/readyz")


class Origins:
    """The rule on hosts: the configured ones, the public URL's and loopback's own names."""

    def __init__(self, settings: Settings) -> None:
        self.public = settings.public_url
        self.any_host = "*" in settings.allowed_hosts
        public = (
            {urlsplit(settings.public_url).hostname} if settings.public_url else set()
        )
        listed = {name_of(host) for host in settings.allowed_hosts}
        self.allowed = frozenset(listed | {name or "" for name in public})
        self.admits = lru_cache(256)(self.is_host)
        """`is_host`, which is asked at every request."""
        self.pages = frozenset(settings.allowed_origins)

    def check(self, scope: Scope) -> None:
        """Raises HttpProblem 400 for a host that is not ours.

        A health check knows the machine's address only, and learns nothing.
        """
        if not self.admits(host_of(scope)) and not scope["path"].endswith(PROBES):
            raise HttpProblem(
                400, detail="The Host header names no host of this service"
            )

    def is_host(self, host: str) -> bool:
        """Whether a request may be sent to a host, as its header says it."""
        return self.any_host or self.is_ours(name_of(host))

    def check_origin(self, scope: Scope) -> None:
        """Raises HttpProblem 403 for a page of elsewhere; only browsers say where (RFC 6455 §10.2)."""
        values = [value for name, value in scope["headers"] if name == b"origin"]
        pages = {one.decode("latin-1") for one in values}
        strangers = {page for page in pages if not self.admits_page(page)}
        names = {name_of(page.partition("://")[2]) for page in strangers}
        ours = {name_of(host_of(scope))}
        if not all(name and (name in ours or self.is_ours(name)) for name in names):
            raise HttpProblem(
                403, detail="The Origin is no host of this service, nor allowed"
            )

    def admits_page(self, page: str) -> bool:
        """Whether the settings say an origin, or one such as https://*.example.com that it is of."""
        if not self.pages.isdisjoint((page, "*")):
            return True
        wild = (one.partition("*") for one in self.pages if "://*." in one)
        return any(
            page.startswith(head) and page.endswith(tail) for head, _, tail in wild
        )

    def is_ours(self, name: str) -> bool:
        if name in self.allowed or is_loopback(name):
            return True
        return any(name.endswith(one[1:]) for one in self.allowed if one[:2] == "*.")

    def base(self, scope: Scope) -> str:
        """What our absolute URLs begin with, without a slash at the end."""
        if self.public is not None:
            return self.public
        mounted = scope.get("root_path")
        root = quote(mounted) if mounted else ""
        return f"{scope['scheme']}://{host_of(scope)}{root}"


def host_of(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"host":
            return cast("bytes", value).decode("latin-1")
    return ""


@lru_cache(256)
def name_of(host: str) -> str:
    """A host's name or address without its port; nothing when it is no host."""
    try:
        parsed = urlsplit(f"//{host}")
        parsed.port  # noqa: B018 - raises when it is no port
    except ValueError:
        return ""
    if parsed.path or parsed.query or parsed.fragment or "@" in parsed.netloc:
        return ""
    return (parsed.hostname or "").removesuffix(".")


@lru_cache(256)
def is_loopback(name: str) -> bool:
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def encoded_path(scope: Scope) -> str:
    """The path as it was sent, without what the application is mounted under."""
    raw = scope.get("raw_path")
    path: str = raw.decode("latin-1") if raw else quote(scope["path"])
    path = path.partition("?")[0]
    mounted = scope.get("root_path", "")
    if mounted and scope["path"].startswith(mounted):
        return "/" + "/".join(path.split("/")[mounted.count("/") + 1 :])
    return path
