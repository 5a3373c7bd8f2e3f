"""Which URLs a caller may make this service send to, and which addresses it may connect to.

`check_target` judges the text before anything is accepted; `guarded_socket` judges every address at the
moment it is used, so that no name can lead inwards whatever it resolves to.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable
from typing import Protocol

from aiohttp import AddrInfoType
from yarl import URL

from .problem import HttpProblem

IPv4 = ipaddress.IPv4Address
IPv6 = ipaddress.IPv6Address
Address = IPv4 | IPv6

LONGEST = 2048
PORTS = frozenset({443, 8443})

# Our own tables: ipaddress.is_global changes with Python's patch releases and takes multicast for global.
NOT_PUBLIC = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network; Linux connects 0.0.0.0 to itself
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",
        "168.63.129.16/32",  # a cloud's wire server, public in form only
        "169.254.0.0/16",  # link-local, where clouds keep their credentials
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",
    )
)
UNICAST_V6 = ipaddress.IPv6Network("2000::/3")
NOT_PUBLIC_V6 = tuple(
    ipaddress.IPv6Network(network)
    for network in ("2001::/23", "2001:db8::/32", "3fff::/20")
)
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")

UNSAFE = re.compile(r"[\x00-\x20\x7f-\xa0\\<>\"`{}|^\u2028\u2029]")
HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.?")
NUMERIC = re.compile(r"(?:\d+|0x[0-9a-f]*)")


class Rules(Protocol):
    """The settings that decide where deliveries may go."""

    @property
    def development(self) -> bool:
        """Whether http and this very machine are allowed."""


class TargetRefused(HttpProblem):
    """A URL that deliveries may not go to, and why, in a sentence for the caller: 422."""

    def __init__(self, why: str) -> None:
        super().__init__(422, "Nothing can be sent to this URL", why)


class AddressRefused(OSError):
    """A name led to an address that deliveries may not go to."""


def check_target(url: str, rules: Rules) -> URL:
    """The URL to send to, or TargetRefused if its text already tells that it is not allowed."""
    parsed = parsed_target(url)
    if parsed.scheme != "https" and not (rules.development and parsed.scheme == "http"):
        raise TargetRefused("the URL must begin with https://")
    if "@" in parsed.raw_authority:
        raise TargetRefused("the URL may not contain a user name or password")
    if not rules.development and parsed.port not in PORTS:
        raise TargetRefused("the URL may only use the ports 443 and 8443")
    _check_host(parsed, rules)
    return parsed


def parsed_target(url: str) -> URL:
    """The URL exactly as it will be sent to; raises TargetRefused when it has no such reading."""
    if len(url) > LONGEST:
        raise TargetRefused(
            f"the URL may have at most {LONGEST} characters, this has {len(url)}"
        )
    if UNSAFE.search(url):
        raise TargetRefused("the URL may not contain spaces or control characters")
    try:
        # A signed URL must arrive as it was written, escapes and all.
        parsed = URL(url, encoded=url.isascii()).with_fragment(None)
        parsed.port  # noqa: B018 - raises when it is out of range
    except (ValueError, IndexError):  # yarl looks at a first letter that is not there
        raise TargetRefused("this cannot be read as a URL") from None
    if not parsed.raw_host:
        raise TargetRefused("the URL must be absolute and name a host")
    return parsed


def endpoint_of(url: str) -> str:
    """The scheme, host and port of a URL: what the limit on simultaneous sends counts by."""
    try:
        parsed = parsed_target(url)
    except TargetRefused:
        return "nowhere"
    return f"{parsed.scheme}://{(parsed.raw_host or '').lower()}:{parsed.port}"


def is_allowed(address: Address, rules: Rules) -> bool:
    """Whether deliveries may be sent to this very address."""
    inner = unwrapped(address)
    if rules.development and inner.is_loopback:
        return True
    if isinstance(inner, IPv4):
        return not any(inner in network for network in NOT_PUBLIC)
    return inner in UNICAST_V6 and not any(inner in net for net in NOT_PUBLIC_V6)


def unwrapped(address: Address) -> Address:
    """The IPv4 address that a mapped, 6to4 or NAT64 address really leads to, or the address itself."""
    while isinstance(address, IPv6):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in NAT64:
            inner = IPv4(int(address) & 0xFFFFFFFF)
        if inner is None:
            return address
        address = inner
    return address


def guarded_socket(rules: Rules) -> Callable[[AddrInfoType], socket.socket]:
    """A socket factory that raises AddressRefused for an address deliveries may not go to."""

    def socket_for(found: AddrInfoType) -> socket.socket:
        family, kind, protocol, _, sockaddr = found
        # The zone of a scoped address says nothing about where it leads.
        text = str(sockaddr[0]).partition("%")[0]
        if not is_allowed(ipaddress.ip_address(text), rules):
            raise AddressRefused(f"{text} is not a public address")
        return socket.socket(family=family, type=kind, proto=protocol)

    return socket_for


def _check_host(url: URL, rules: Rules) -> None:
    host = url.raw_host or ""
    name = host.lower().removesuffix(".")
    literal = _literal(name)
    if literal is not None:
        if not is_allowed(literal, rules):
            raise TargetRefused(f"the URL may not lead to {host}")
        return
    last = name.rpartition(".")[2]
    if "[" in url.raw_authority or not HOST.fullmatch(name):
        raise TargetRefused(f"{host!r} is not the name of a host")
    # Resolvers read 127.1, 0x7f.1 and 2130706433 as addresses.
    if NUMERIC.fullmatch(last):
        raise TargetRefused(f"{host} is not a usual way to write an address")
    if last == "localhost" and not rules.development:
        raise TargetRefused(f"the URL may not lead to {host}")


def _literal(host: str) -> Address | None:
    try:
        return None if "%" in host else ipaddress.ip_address(host)
    except ValueError:
        return None
