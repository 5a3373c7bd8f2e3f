"""Which carrier a broker's URL wants; those of the document's protocols are there, and memory."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import cast

from .carrier import Carrier
from .lifespan import CannotStart

SECURE = {
    "amqps": "amqp",
    "rediss": "redis",
    "mqtts": "mqtt",
    "secure-mqtt": "mqtt",
    "mqtt5": "mqtt",
    "kafka-secure": "kafka",
    "tls": "nats",
}
"""Schemes that are another one's, under an other name."""
IN_PROCESS = {"memory": "memory_carrier"}


def protocol_of(url: str) -> str:
    """The protocol that a URL is of, under the name that bindings have."""
    scheme = url.partition("://")[0].lower()
    return SECURE.get(scheme, scheme)


def carrier_of(url: str, carriers: Mapping[str, str]) -> Carrier:
    """The carrier for a broker's URL; `carriers` names the runtime's module for each protocol.

    Raises CannotStart for a protocol that is not there, or whose library is not installed.
    """
    known = {**IN_PROCESS, **carriers}
    protocol = protocol_of(url)
    if "://" not in url or protocol not in known:
        there = ", ".join(f"{one}://" for one in known)
        raise CannotStart(
            f"no carrier for BROKER_URL={url.split('@')[-1]}: there are {there}"
        )
    try:
        module = import_module(f".{known[protocol]}", __package__)
    except ImportError as error:
        raise CannotStart(f"{protocol}:// needs its library: {error}") from None
    return cast(Carrier, module.carrier(url))
