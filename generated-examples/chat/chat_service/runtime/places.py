"""Where the channels of WebSockets and HTTP are: the path of each address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from urllib.parse import unquote

from starlette.requests import HTTPConnection

from .access import Security
from .address import PARAMETER, parsed
from .audience import below, rooted
from .channel import Channel
from .problem import HttpProblem


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One path, and the address that it stands for."""

    path: str
    """The route's path, its parameters numbered: their names may be no names for Starlette."""
    template: str
    security: Security = ()
    binding: Mapping[str, object] = field(default_factory=dict)

    def address(self, connection: HTTPConnection) -> str:
        """The actual address of a request; raises HttpProblem 400 or 404."""
        values = iter(connection.path_params.values())
        # Our own table leaves what it finds encoded, Starlette's router does not.
        decode = decoded if connection.scope["type"] == "http" else str
        address = PARAMETER.sub(lambda _: decode(next(values)), self.template)
        if parsed(self.template, address) is None:
            raise HttpProblem(404)
        return address


def decoded(text: str) -> str:
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise HttpProblem(400, detail="The path is not UTF-8") from None


def places_of(
    channels: Sequence[Channel],
    protocol: str,
    security: Mapping[str, Security],
    prefixes: Mapping[str, str],
) -> list[Place]:
    """One place for each path; where channels share one, the first that is secured speaks for all."""
    found: dict[str, Place] = {}
    for channel in channels:
        if channel.address is not None:
            prefix = prefixes.get(channel.name, "")
            place = Place(
                path=below(prefix, numbered(rooted(channel.address))),
                template=rooted(channel.address),
                security=security.get(channel.name, ()),
                binding=channel.options.get(protocol, {}),
            )
            if place.path not in found or not found[place.path].security:
                found[place.path] = place
    return list(found.values())


def numbered(template: str) -> str:
    """The template as a route's path: `/rooms/{room-id}` becomes `/rooms/{p0}`."""
    numbers = count()
    return PARAMETER.sub(lambda _: f"{{p{next(numbers)}}}", template)
