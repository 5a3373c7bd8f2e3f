"""The messages of Trading, from the other side, without `await`."""

from __future__ import annotations

from collections.abc import Mapping

from .. import models
from ..messaging import MessagingClient as AsyncClient
from ..runtime.carrier import Carrier
from ..runtime.messenger_sync import MessageJob, MessagingSession, Subscription
from ..runtime.received_message import Received


class MessagingClient(MessagingSession):
    """A small exchange. Orders come over HTTP or over Kafka (`trading.yaml`) and are
    the same orders: one job, one status, whichever way they came. Prices are a
    stream of server-sent events; whoever wants to hear of fills subscribes to the
    webhook.
    """

    def __init__(
        self,
        carrier: Carrier | str = "kafka://localhost:9092",
        *,
        timeout: float = 30.0,
    ) -> None:
        """Connect when it is first needed: `carrier` by URL, or as a carrier that is
        started already.

        `timeout` is how many seconds a reply is waited for.
        """
        self._client = AsyncClient(carrier, timeout=timeout)
        super().__init__(self._client)

    def place_order(
        self,
        body: models.Order,
        *,
        headers: Mapping[str, str] | None = None,
        message_id: str | None = None,
        correlation_id: str | None = None,
        key: str | None = None,
    ) -> MessageJob[models.Fill | models.Refusal]:
        """Place an order and wait for its fill."""
        return MessageJob(
            self._thread,
            self._thread.run(
                self._client.place_order(
                    body,
                    headers=headers,
                    message_id=message_id,
                    correlation_id=correlation_id,
                    key=key,
                )
            ),
        )

    def publish_fill(
        self, *, group: str | None = None
    ) -> Subscription[Received[models.Fill]]:
        """Every fill, for the books."""
        return Subscription(self._thread, self._client.publish_fill(group=group))
