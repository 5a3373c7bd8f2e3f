"""The courier: sends what is due, a few at a time to each endpoint, until it arrives or is given up.

It works in turns: each is one transaction that records what came back and claims what is due next, and there is
a turn whenever a delivery was added, one ended or one became due.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from random import uniform
from typing import Protocol
from urllib.parse import quote

from sqlalchemy import Connection

from .deliveries import (
    Attempt,
    Claimed,
    DeliveryStatus,
    Settled,
    claim,
    listeners,
    next_due,
    purge,
    settle,
)
from .owner_secrets import secret_of
from .recipient import Recipient, Report, readdress
from .sender import Outcome, Outgoing, Sender
from .signing import sign
from .store import Store, StoreClosed, now
from .tasks import ended

log = logging.getLogger(__name__)

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
GONE = 410


@dataclass(frozen=True, slots=True, kw_only=True)
class CourierSettings:
    """How deliveries are made; every time is in seconds."""

    retries: tuple[float, ...] = (
        5.0,
        5 * MINUTE,
        30 * MINUTE,
        *(hours * HOUR for hours in (2, 5, 10, 14, 20, 24)),
    )
    """The waits before the second attempt, the third and so on; the first goes out at once."""
    jitter: float = 0.2
    """The share by which a wait may be longer or shorter."""
    in_flight: int = 256
    per_endpoint: int = 4
    lease: float = 30.0
    """When a delivery that is being sent may be claimed by another; longer than a send can take."""
    poll: float = 1.0
    """How often to look for what another process added."""
    keep: float = 7 * DAY
    """How long a delivery that is over stays to be seen."""
    longest_wait: float = DAY
    """What an endpoint's Retry-After can ask for at most."""
    callback_secret: str | None = None
    """Signs the callbacks that have no owner; without it, a secret that the store keeps."""
    user_agent: str = "respond-async"


class Subscribers(Protocol):
    """What the courier needs to know of subscriptions, if the service has any, and tells of them."""

    def recipients(
        self, connection: Connection, ids: list[str], /
    ) -> dict[str, Recipient]:
        """Those of these subscriptions that are enabled, by id."""

    def heard(self, connection: Connection, reports: Sequence[Report], /) -> None:
        """Note what became of attempts."""

    def tidy(self, connection: Connection, /) -> None:
        """Once an hour."""


@dataclass(frozen=True, slots=True)
class Load:
    """A claimed delivery and the secrets that sign it."""

    delivery: Claimed
    secrets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """What a turn came to: the deliveries to send, when the next is due, where the next turn begins."""

    loads: Sequence[Load]
    due: float | None
    after: str


class Courier:
    """Sends what is due, from `start` until `stop`."""

    def __init__(
        self,
        store: Store,
        sender: Sender,
        settings: CourierSettings,
        subscribers: Subscribers | None = None,
    ) -> None:
        self._store = store
        self._sender = sender
        self._settings = settings
        self._subscribers = subscribers
        self._sending: dict[asyncio.Task[None], Claimed] = {}
        self._per_endpoint: Counter[str] = Counter()
        self._ended: list[Settled] = []
        self._reports: list[Report] = []
        self._awake = asyncio.Event()
        self._stopping = False
        self._after = ""
        self._next_purge = 0.0

    async def start(self) -> None:
        """Begin to send; returns at once."""
        self._loop = asyncio.get_running_loop()
        listeners.add(self._wake)
        self._turns = asyncio.create_task(self._run(), name="courier")

    async def stop(self, grace: float = 15.0) -> None:
        """Claim nothing more, let what is being sent end within `grace` seconds, give back the rest."""
        listeners.discard(self._wake)
        self._stopping = True
        self._awake.set()
        await self._turns
        await ended(*self._sending, grace=grace)
        await self._turn(room=0)

    def _wake(self) -> None:
        # Called on the store's thread, also while the loop is going down.
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._awake.set)

    async def _run(self) -> None:
        while not self._stopping:
            self._awake.clear()
            began, room = self._after, self._settings.in_flight - len(self._sending)
            try:
                turn = await self._turn(room)
                await self._tidy()
            except StoreClosed:
                return
            except Exception:
                log.exception("the courier could not take its turn")
                await asyncio.sleep(self._settings.poll)
                continue
            # Not all endpoints may have been looked at: then the next turn follows at once.
            if not began and not turn.after or len(turn.loads) == room:
                await self._rest(turn.due)

    async def _rest(self, due: float | None) -> None:
        """Wait for something to do."""
        wait = self._settings.poll if due is None else due - now()
        try:
            async with asyncio.timeout(min(max(wait, 0.0), self._settings.poll)):
                await self._awake.wait()
        except TimeoutError:
            pass

    async def _turn(self, room: int) -> Turn:
        ended, self._ended = self._ended, []
        reports, self._reports = self._reports, []
        sending = dict(self._per_endpoint)
        try:
            turn = await self._store.write(
                lambda db: self._written(db, ended, reports, sending, room)
            )
        except BaseException:
            self._ended[:0], self._reports[:0] = ended, reports
            raise
        self._after = turn.after
        for load in turn.loads:
            self._dispatch(load)
        return turn

    def _written(
        self,
        connection: Connection,
        ended: Sequence[Settled],
        reports: Sequence[Report],
        sending: Mapping[str, int],
        room: int,
    ) -> Turn:
        settle(connection, ended)
        if reports and self._subscribers is not None:
            self._subscribers.heard(connection, reports)
        at = now()
        claimed, goes_on = claim(
            connection,
            at=at,
            lease=self._settings.lease,
            room=room,
            sending=sending,
            per_endpoint=self._settings.per_endpoint,
            after=self._after,
        )
        loads = self._loads(connection, claimed)
        return Turn(loads, next_due(connection, at), goes_on)

    def _loads(
        self, connection: Connection, claimed: Collection[Claimed]
    ) -> list[Load]:
        """Each delivery as its subscription or, where it has none, its owner has it sent."""
        known = self._subscribed(connection, claimed)
        owners = {one.owner for one in claimed if one.subscription_id is None}
        signers = {owner: self._signer(connection, owner) for owner in owners}
        settle(connection, [lost(one) for one in claimed if is_lost(one, known)])
        loads = [
            (
                Load(one, (signers[one.owner],))
                if one.subscription_id is None
                else load_of(one, known[one.subscription_id])
            )
            for one in claimed
            if not is_lost(one, known)
        ]
        urls = {one.id: one.url for one in claimed}
        sent = [load.delivery for load in loads]
        readdress(connection, [one for one in sent if one.url != urls[one.id]])
        return loads

    def _subscribed(
        self, connection: Connection, claimed: Collection[Claimed]
    ) -> dict[str, Recipient]:
        """Those of the subscriptions that may be sent to."""
        ids = {one.subscription_id for one in claimed if one.subscription_id}
        known = self._subscribers
        return known.recipients(connection, list(ids)) if ids and known else {}

    def _signer(self, connection: Connection, owner: str | None) -> str:
        given = self._settings.callback_secret
        return given if owner is None and given else secret_of(connection, owner)

    async def _tidy(self) -> None:
        """Forget, once an hour, what has been over for long."""
        if now() < self._next_purge:
            return
        before = now() - self._settings.keep
        while await self._store.write(lambda connection: purge(connection, before)):
            pass
        if self._subscribers is not None:
            await self._store.write(self._subscribers.tidy)
        self._next_purge = now() + HOUR

    def _dispatch(self, load: Load) -> None:
        task = asyncio.create_task(self._deliver(load))
        self._sending[task] = load.delivery
        self._per_endpoint[load.delivery.endpoint] += 1
        task.add_done_callback(self._forget)

    def _forget(self, task: asyncio.Task[None]) -> None:
        endpoint = self._sending.pop(task).endpoint
        self._per_endpoint[endpoint] -= 1
        if not self._per_endpoint[endpoint]:
            del self._per_endpoint[endpoint]
        self._awake.set()

    async def _deliver(self, load: Load) -> None:
        delivery, started = load.delivery, now()
        try:
            outgoing = outgoing_of(load, int(started), self._settings.user_agent)
            outcome = await self._sender.send(outgoing)
        except asyncio.CancelledError:
            self._ended.append(given_back(delivery, now()))
            raise
        except Exception as error:
            log.exception("delivery %s could not be sent", delivery.id)
            outcome = Outcome(now() - started, error=f"{type(error).__name__}: {error}")
        self._ended.append(settled(delivery, outcome, started, self._settings))
        if delivery.subscription_id is not None:
            self._reports.append(report_of(delivery.subscription_id, load, outcome))


def outgoing_of(load: Load, timestamp: int, user_agent: str) -> Outgoing:
    """The signed request of a delivery (Standard Webhooks)."""
    delivery = load.delivery
    signature = sign(load.secrets, delivery.event_id, timestamp, delivery.body)
    headers = {
        "user-agent": user_agent,
        "webhook-id": delivery.event_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature,
        "webhook-event": quote(delivery.event, safe=PRINTABLE),
    }
    if delivery.content_type:
        headers["content-type"] = delivery.content_type
    if delivery.traceparent:
        headers["traceparent"] = delivery.traceparent
    return Outgoing(delivery.method, delivery.url, headers, delivery.body)


PRINTABLE = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) != "%")


def settled(
    delivery: Claimed, outcome: Outcome, started: float, settings: CourierSettings
) -> Settled:
    """What an attempt leads to: it arrived, it will be tried again, or it is given up."""
    wait = wait_after(delivery, outcome, settings)
    if outcome.arrived:
        status = DeliveryStatus.SUCCEEDED
    else:
        status = DeliveryStatus.FAILED if wait is None else DeliveryStatus.PENDING
    ended = started + outcome.duration
    return Settled(
        id=delivery.id,
        claim=delivery.claim,
        status=status,
        step=delivery.step,
        due=None if wait is None else ended + wait,
        finished=ended if wait is None else None,
        error=None if outcome.arrived else outcome.error,
        attempt=Attempt(
            number=delivery.claim,
            started=started,
            duration=outcome.duration,
            status=outcome.status,
            error=outcome.error,
            answer=outcome.answer,
        ),
    )


def wait_after(
    delivery: Claimed, outcome: Outcome, settings: CourierSettings
) -> float | None:
    """Seconds until the next attempt; None when there is none."""
    spent = delivery.step > len(settings.retries)
    if outcome.arrived or outcome.refused or outcome.status == GONE or spent:
        return None
    planned = settings.retries[delivery.step - 1]
    spread = uniform(1 - settings.jitter, 1 + settings.jitter)
    asked = min(outcome.retry_after or 0.0, settings.longest_wait)
    return max(planned * spread, asked)


def is_lost(delivery: Claimed, known: Mapping[str, Recipient]) -> bool:
    """Whether it is for a subscription that nothing more may be sent to."""
    return bool(delivery.subscription_id) and delivery.subscription_id not in known


def load_of(delivery: Claimed, to: Recipient) -> Load:
    """The delivery to where its subscription is by now."""
    return Load(replace(delivery, url=to.url), to.secrets)


def lost(delivery: Claimed) -> Settled:
    """The end of a delivery that was asked for again after its subscription had ended."""
    return Settled(
        id=delivery.id,
        claim=delivery.claim,
        status=DeliveryStatus.FAILED,
        step=delivery.step,
        finished=now(),
        error="the subscription was deleted or disabled",
    )


def report_of(subscription_id: str, load: Load, outcome: Outcome) -> Report:
    """What the subscription is told of an attempt."""
    return Report(
        subscription_id=subscription_id,
        url=load.delivery.url,
        arrived=outcome.arrived,
        is_gone=outcome.status == GONE,
    )


def given_back(delivery: Claimed, at: float) -> Settled:
    """The delivery as if it had not been claimed."""
    return Settled(
        id=delivery.id,
        claim=delivery.claim,
        status=DeliveryStatus.PENDING,
        step=delivery.step - 1,
        due=at,
    )
