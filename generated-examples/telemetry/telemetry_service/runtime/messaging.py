"""Messaging as a part of a service: it consumes, publishes and asks as long as the service runs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from . import publisher
from .broker import carrier_of, protocol_of
from .carrier import Carrier
from .consumer import Consumer
from .post import Post, bound
from .publisher import Publisher
from .replaying import Replay
from .service import Service
from .settings import Settings


class Messaging:
    """The consumers and publishers of a service; its processes compete for messages within `group`.

    `carriers` names the runtime's module for each protocol of a broker; `sockets` and `http` carry the channels
    that the application itself serves, and `calls` makes what calls the servers that messages are sent to.
    """

    def __init__(
        self,
        consumers: Sequence[Consumer[Any]],
        publishers: Sequence[Publisher[Any]] = (),
        *,
        carriers: Mapping[str, str],
        group: str,
        sockets: Carrier | None = None,
        http: Carrier | None = None,
        calls: Callable[[Settings], Carrier] | None = None,
    ) -> None:
        self.consumers = consumers
        self.publishers = publishers
        self.group = group
        self.command = Replay(self._broker, self._bindings, group)
        self._carriers = carriers
        self._served = {"socket": sockets, "http": http}
        self._calls = calls

    @asynccontextmanager
    async def __call__(self, service: Service[Any]) -> AsyncIterator[None]:
        group = service.settings.message_group or self.group
        asked = [one.reply for one in self.publishers]
        given = [one.reply for one in self.consumers]
        replies = [one for one in (*asked, *given) if one is not None]
        post = Post(service, self.consumers, self._all(service), group, replies)
        service.add(post)
        service.enters.append(post.enter)
        service.closers.append(post.leave)
        # What the service starts from here on, the workers of jobs too, has the post.
        post.enter()
        await post.start()
        publisher.opened(post)
        try:
            yield
        finally:
            publisher.closed(post)
            await post.stop()

    def _all(self, service: Service[Any]) -> dict[str, Carrier]:
        """What carries the channels of each sort."""
        served = {name: one for name, one in self._served.items() if one is not None}
        calls = {"call": self._calls(service.settings)} if self._calls else {}
        return {"broker": self._broker(service), **served, **calls}

    def _broker(self, service: Service[Any]) -> Carrier:
        return carrier_of(service.settings.broker_url, self._carriers)

    def _bindings(self, service: Service[Any], address: str) -> Mapping[str, object]:
        """The fields of the broker's bindings where an address is consumed."""
        protocol = protocol_of(service.settings.broker_url)
        for consumer in self.consumers:
            channel = bound(consumer)
            if channel.carrier == "broker" and channel.parse(address) is not None:
                return channel.options.get(protocol, {})
        return {}
