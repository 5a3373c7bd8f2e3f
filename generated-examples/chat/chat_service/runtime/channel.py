"""Channels: the addressable places that messages travel through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from .address import formatted, names_of, parsed

Options = Mapping[str, Mapping[str, object]]
"""Protocol (`amqp`, `kafka`, `mqtt`, `nats`, `redis`, `ws`, `http`) → its binding fields."""

Sort = Literal["broker", "socket", "http", "call"]
"""What carries a channel: a broker, what the service itself serves, or its own calls of HTTP servers."""

ADDRESS = "address"
"""What stands for the whole address where the document knows none."""


@dataclass(frozen=True, slots=True)
class ChannelParameter:
    """One parameter of an address; always text."""

    enum: tuple[str, ...] = ()
    default: str | None = None
    location: str | None = None
    """Where a message carries the value, such as `$message.payload#/user/id`."""


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel; `address` is None where only a request's reply-to says it."""

    name: str
    address: str | None
    carrier: Sort = "broker"
    options: Options = field(default_factory=dict)
    parameters: Mapping[str, ChannelParameter] = field(default_factory=dict)
    """What is known of the address's parameters, by name."""

    def format(self, values: Mapping[str, str | None]) -> str:
        """The address with these values, else the defaults; raises ValueError.

        Where the document knows no address, it is the value of `address` itself.
        """
        if self.address is None:
            if told := values.get(ADDRESS):
                return told
            raise ValueError(f"the channel {self.name} has no address of its own")
        if "{" not in self.address:
            return self.address
        return formatted(self.address, self._completed(values))

    def parse(self, address: str) -> dict[str, str] | None:
        """The parameters in an actual address, None if it is none of this channel's."""
        return None if self.address is None else parsed(self.address, address)

    def wrong(self, values: Mapping[str, str]) -> list[str]:
        """The parameters whose value is none of the allowed ones."""
        return [
            name
            for name, parameter in self.parameters.items()
            if parameter.enum
            and values.get(name, parameter.enum[0]) not in parameter.enum
        ]

    def _completed(self, values: Mapping[str, str | None]) -> dict[str, str]:
        complete: dict[str, str] = {}
        for name in names_of(self.address or ""):
            known = self.parameters.get(name, ChannelParameter())
            value = values.get(name)
            value = known.default if value is None else value
            if value is not None:
                complete[name] = value
        if wrong := self.wrong(complete):
            name = wrong[0]
            allowed = ", ".join(self.parameters[name].enum)
            raise ValueError(f"{name} of {self.name} may be {allowed}")
        return complete
