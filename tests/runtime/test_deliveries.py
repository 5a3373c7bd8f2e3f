"""The courier: what it sends when, to whom, how often, and what survives."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from runtime import deliveries, delivery_records, subscribers, subscriptions
from runtime.courier import Courier, CourierSettings, wait_after
from runtime.deliveries import (
    Claimed,
    DeliveryStatus,
    NewDelivery,
    add,
    new_event_id,
)
from runtime.delivery_records import DeliveryRecord
from runtime.owner_secrets import secret_of
from runtime.sender import Outcome, Outgoing
from runtime.signing import verify
from runtime.store import Store, now
from runtime.subscriptions import Published

Answer = Callable[[Outgoing], Awaitable[Outcome]]
FAST = CourierSettings(retries=(0.0,) * 9, poll=0.05)


async def ok(outgoing: Outgoing) -> Outcome:
    return Outcome(0.001, 204)


async def broken(outgoing: Outgoing) -> Outcome:
    return Outcome(0.001, 500, "answered 500", b"oops")


@dataclass
class Wire:
    """A sender that asks a function what the other side says, and remembers everything."""

    answer: Answer = ok
    sent: list[Outgoing] = field(default_factory=list)
    at: list[float] = field(default_factory=list)
    now: Counter[str] = field(default_factory=Counter)
    most: Counter[str] = field(default_factory=Counter)

    async def send(self, outgoing: Outgoing) -> Outcome:
        self.sent.append(outgoing)
        self.at.append(time.perf_counter())
        self.now[outgoing.url] += 1
        self.most[outgoing.url] = max(self.most[outgoing.url], self.now[outgoing.url])
        try:
            return await self.answer(outgoing)
        finally:
            self.now[outgoing.url] -= 1

    async def close(self) -> None:
        pass


class World:
    """A store with a courier on it."""

    def __init__(self, store: Store, wire: Wire, settings: CourierSettings) -> None:
        self.store = store
        self.wire = wire
        self.courier = Courier(store, wire, settings, subscribers)

    async def add(self, *new: NewDelivery) -> None:
        await self.store.write(lambda connection: add(connection, new))

    async def records(self) -> list[DeliveryRecord]:
        def read(connection: Connection) -> list[DeliveryRecord]:
            ids = connection.scalars(select(deliveries.deliveries.c.id)).all()
            found = [delivery_records.get(connection, id) for id in ids]
            return [one for one in found if one is not None]

        return await self.store.read(read)

    async def until(self, condition: Callable[[], Any], seconds: float = 10) -> None:
        async with asyncio.timeout(seconds):
            while not condition():
                await asyncio.sleep(0.002)

    async def over(self, seconds: float = 10) -> list[DeliveryRecord]:
        """The records, once every one of them is at its end."""
        table = deliveries.deliveries
        waiting = select(func.count()).where(table.c.finished.is_(None))
        async with asyncio.timeout(seconds):
            while await self.store.read(lambda db: db.scalar(waiting)):
                await asyncio.sleep(0.005)
        return await self.records()


def delivery(url: str = "https://a.example/x", **fields: Any) -> NewDelivery:
    return replace(
        NewDelivery(
            event="placeOrder.placed",
            event_id=new_event_id(),
            endpoint=url,
            url=url,
            content_type="application/json",
            body=b'{"n": 1}',
            owner="anna",
        ),
        **fields,
    )


Scenario = Callable[[World], Coroutine[Any, Any, None]]


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., None]:
    """Runs a scenario in a world whose courier is at work."""

    def runner(
        scenario: Scenario,
        answer: Answer = ok,
        settings: CourierSettings = FAST,
        started: bool = True,
    ) -> None:
        async def main() -> None:
            store = Store(f"sqlite:///{tmp_path}/test.db")
            await store.open()
            world = World(store, Wire(answer), settings)
            if started:
                await world.courier.start()
            try:
                await scenario(world)
            finally:
                if started:
                    await world.courier.stop(0.1)
                await store.close()

        asyncio.run(main())

    return runner


def test_a_delivery_is_signed_with_its_owners_secret_and_names_its_event(
    run: Callable[..., None],
) -> None:
    async def scenario(world: World) -> None:
        trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        one = delivery(traceparent=trace, job_id="job_1")
        await world.add(one)
        (record,) = await world.over()
        (sent,) = world.wire.sent
        secret = await world.store.write(lambda db: secret_of(db, "anna"))
        assert verify([secret], sent.headers, sent.body, now=now()) == one.event_id
        assert sent.headers["webhook-event"] == "placeOrder.placed"
        assert sent.headers["content-type"] == "application/json"
        assert sent.headers["traceparent"] == trace
        assert (sent.method, sent.url, sent.body) == ("POST", one.url, one.body)
        assert record.status is DeliveryStatus.SUCCEEDED
        assert [(a.number, a.status) for a in record.attempts] == [(1, 204)]

    run(scenario)


def test_a_delivery_of_nobody_is_signed_with_the_setting(
    run: Callable[..., None],
) -> None:
    secret = "whsec_c2VjcmV0IHNlY3JldCBzZWNyZXQgc2VjcmV0"

    async def scenario(world: World) -> None:
        await world.add(delivery(owner=None), delivery(owner="anna"))
        await world.over()
        signed = [
            sent
            for sent in world.wire.sent
            if sent.headers["webhook-signature"].count(",") and _verifies(secret, sent)
        ]
        assert len(signed) == 1

    run(scenario, settings=replace(FAST, callback_secret=secret))


def _verifies(secret: str, sent: Outgoing) -> bool:
    from runtime.signing import BadSignature

    try:
        return bool(verify([secret], sent.headers, sent.body, now=now()))
    except BadSignature:
        return False


def test_the_first_attempt_follows_the_commit_and_waits_for_no_poll(
    run: Callable[..., None],
) -> None:
    async def scenario(world: World) -> None:
        for count in range(1, 21):
            await asyncio.sleep(0.01)
            await world.add(delivery())
            await world.until(lambda: len(world.wire.sent) == count)

    # Polling alone would take ten minutes.
    run(scenario, settings=replace(FAST, poll=600.0))


def test_every_attempt_has_the_same_id_and_is_logged_until_the_schedule_is_spent(
    run: Callable[..., None],
) -> None:
    async def scenario(world: World) -> None:
        one = delivery()
        await world.add(one)
        (record,) = await world.over()
        assert [sent.headers["webhook-id"] for sent in world.wire.sent] == (
            [one.event_id] * 4
        )
        assert record.status is DeliveryStatus.FAILED
        assert record.error == "answered 500"
        assert [attempt.number for attempt in record.attempts] == [1, 2, 3, 4]
        assert {attempt.answer for attempt in record.attempts} == {b"oops"}
        assert {attempt.status for attempt in record.attempts} == {500}

    run(scenario, broken, replace(FAST, retries=(0.0, 0.01, 0.02)))


def test_it_arrives_when_the_endpoint_comes_back(run: Callable[..., None]) -> None:
    tries = iter(range(100))

    async def third_time(outgoing: Outgoing) -> Outcome:
        if next(tries) == 1:
            raise RuntimeError("a bug of the sender must not lose a delivery")
        return await (ok if next(tries) > 2 else broken)(outgoing)

    async def scenario(world: World) -> None:
        await world.add(delivery())
        (record,) = await world.over()
        assert record.status is DeliveryStatus.SUCCEEDED
        assert record.error is None
        assert len(record.attempts) > 1

    run(scenario, third_time)


CLAIMED = Claimed(
    **{name: None for name in Claimed.__dataclass_fields__}  # type: ignore[arg-type]
)


@pytest.mark.parametrize(
    ("status", "attempts", "retry_after", "least", "most"),
    [
        (500, 1, None, 4, 6),
        (None, 1, None, 4, 6),
        (302, 1, None, 4, 6),
        (404, 2, None, 240, 360),
        (500, 3, None, 1440, 2160),
        (500, 9, None, 69120, 103680),
        (503, 1, 60.0, 60, 60),
        (429, 2, 1.0, 240, 360),
        (503, 1, 1e9, 86400, 86400),
    ],
)
def test_the_wait_after_a_failure_is_the_schedules_or_the_endpoints_own(
    status: int | None,
    attempts: int,
    retry_after: float | None,
    least: float,
    most: float,
) -> None:
    outcome = Outcome(0.1, status, "no", retry_after=retry_after)
    seen = {
        wait_after(replace(CLAIMED, step=attempts), outcome, CourierSettings())
        for _ in range(200)
    }
    waits = [wait for wait in seen if wait is not None]
    assert waits and least <= min(waits) <= max(waits) <= most
    assert least == most or len(waits) > 100


@pytest.mark.parametrize(
    ("outcome", "attempts"),
    [
        (Outcome(0, 200), 1),
        (Outcome(0, 299), 1),
        (Outcome(0, 410, "gone"), 1),
        (Outcome(0, None, "refused: it", refused=True), 1),
        (Outcome(0, 500, "no"), 10),
        (Outcome(0, 500, "no"), 11),
    ],
)
def test_nothing_is_sent_again_when_it_arrived_is_gone_or_was_tried_ten_times(
    outcome: Outcome, attempts: int
) -> None:
    claimed = replace(CLAIMED, step=attempts)
    assert wait_after(claimed, outcome, CourierSettings()) is None


def test_410_ends_the_delivery_and_disables_the_subscription(
    run: Callable[..., None],
) -> None:
    async def gone(outgoing: Outgoing) -> Outcome:
        return Outcome(0.001, 410, "answered 410")

    async def scenario(world: World) -> None:
        made = await world.store.write(
            lambda db: subscriptions.create(db, "anna", "https://s.example/", None)
        )
        event = Published(event="shipped", content_type="application/json", body=b"1")
        for _ in range(9):
            await world.store.write(lambda db: subscriptions.publish(db, "anna", event))
        found = await world.over()
        assert {one.status for one in found} == {DeliveryStatus.FAILED}
        await asyncio.sleep(0.1)
        after = await world.store.read(
            lambda db: subscriptions.get(db, "anna", made.id)
        )
        assert after is not None and not after.enabled
        assert after.disabled_because == "it answered 410 Gone"
        tried = len(world.wire.sent)
        await world.store.write(lambda db: subscriptions.publish(db, "anna", event))
        await asyncio.sleep(0.1)
        assert len(world.wire.sent) == tried

    run(scenario, gone)


def test_an_endpoint_gets_four_at_a_time_and_starves_nobody(
    run: Callable[..., None],
) -> None:
    stuck, quick = "https://stuck.example/", "https://quick.example/"
    release = asyncio.Event()

    async def answer(outgoing: Outgoing) -> Outcome:
        if outgoing.url == stuck:
            await release.wait()
        await asyncio.sleep(0.005)
        return Outcome(0.005, 200)

    async def scenario(world: World) -> None:
        await world.add(*(delivery(stuck) for _ in range(500)))
        await world.until(lambda: world.wire.now[stuck] == 4)
        await world.add(*(delivery(quick) for _ in range(50)))
        urls = [sent.url for sent in world.wire.sent]
        await world.until(
            lambda: [sent.url for sent in world.wire.sent].count(quick) == 50
        )
        assert urls.count(stuck) == 4
        release.set()
        await world.over(20)
        assert world.wire.most == {stuck: 4, quick: 4}

    run(scenario, answer)


def test_many_endpoints_are_served_at_once_up_to_the_limit(
    run: Callable[..., None],
) -> None:
    release = asyncio.Event()

    async def answer(outgoing: Outgoing) -> Outcome:
        await release.wait()
        return Outcome(0.001, 200)

    async def scenario(world: World) -> None:
        await world.add(*(delivery(f"https://{n}.example/") for n in range(100)))
        await world.until(lambda: len(world.wire.sent) == 30)
        await asyncio.sleep(0.1)
        assert len(world.wire.sent) == 30
        release.set()
        assert len(await world.over()) == 100

    run(scenario, answer, replace(FAST, in_flight=30))


def test_every_endpoint_has_its_turn_though_there_are_more_than_one_claim_sees(
    run: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "ENDPOINTS", 7)

    async def scenario(world: World) -> None:
        urls = [f"https://{number:02}.example/" for number in range(40)]
        await world.add(*(delivery(url) for url in urls * 3))
        await world.over()
        first = {sent.url for sent in world.wire.sent[:110]}
        assert first == set(urls)
        assert len(world.wire.sent) == 120
        # Nothing is due any more: a late one far back is found without waiting for a poll.
        await world.add(delivery("https://99.example/"))
        await world.over()

    run(scenario, settings=replace(FAST, in_flight=10, poll=600.0))


def test_a_delivery_whose_sender_died_is_sent_again_with_the_same_id(
    run: Callable[..., None],
) -> None:
    async def scenario(world: World) -> None:
        one = delivery()
        await world.add(one)
        terms = {"lease": 0.2, "room": 9, "sending": {}, "per_endpoint": 4}
        (dead,), _ = await world.store.write(
            lambda db: deliveries.claim(db, at=now(), **terms)  # type: ignore[arg-type]
        )
        nothing, _ = await world.store.write(
            lambda db: deliveries.claim(db, at=now(), **terms)  # type: ignore[arg-type]
        )
        assert not nothing
        await world.courier.start()
        (record,) = await world.over()
        assert world.wire.sent[0].headers["webhook-id"] == one.event_id
        late = deliveries.Settled(
            id=dead.id, claim=dead.claim, status=DeliveryStatus.PENDING, step=1, due=1.0
        )
        await world.store.write(lambda db: deliveries.settle(db, [late]))
        assert (await world.records())[0].status is DeliveryStatus.SUCCEEDED
        assert record.attempts[0].number == 2
        await world.courier.stop()

    run(scenario, started=False)


def test_stopping_lets_what_is_being_sent_end_and_gives_back_the_rest(
    run: Callable[..., None],
) -> None:
    async def answer(outgoing: Outgoing) -> Outcome:
        await asyncio.sleep(0.1 if "soon" in outgoing.url else 60)
        return Outcome(0.1, 200)

    async def scenario(world: World) -> None:
        await world.courier.start()
        await world.add(delivery("https://soon.example/"), delivery("https://never/"))
        await world.until(lambda: len(world.wire.sent) == 2)
        await asyncio.wait_for(world.courier.stop(0.3), 30)
        states = {one.url: one for one in await world.records()}
        assert states["https://soon.example/"].status is DeliveryStatus.SUCCEEDED
        back = states["https://never/"]
        assert (back.status, back.attempts) == (DeliveryStatus.PENDING, ())
        assert back.due is not None and back.due <= now()

    run(scenario, answer, started=False)


def test_a_delivery_can_be_sent_again_and_keeps_its_id(
    run: Callable[..., None],
) -> None:
    async def scenario(world: World) -> None:
        await world.add(delivery())
        (record,) = await world.over()
        again = await world.store.write(
            lambda db: delivery_records.redeliver(db, record.id)
        )
        assert again is not None and again.finished is None
        (record,) = await world.over()
        assert [attempt.status for attempt in record.attempts] == [204, 204]
        assert len({sent.headers["webhook-id"] for sent in world.wire.sent}) == 1
        assert (
            await world.store.write(lambda db: delivery_records.redeliver(db, "x"))
            is None
        )

    run(scenario)


def test_one_that_is_being_sent_is_not_sent_twice_when_it_is_asked_for_again(
    run: Callable[..., None],
) -> None:
    release = asyncio.Event()

    async def answer(outgoing: Outgoing) -> Outcome:
        await release.wait()
        return Outcome(0.001, 200)

    async def scenario(world: World) -> None:
        await world.add(delivery())
        await world.until(lambda: world.wire.sent)
        (record,) = await world.records()
        await world.store.write(lambda db: delivery_records.redeliver(db, record.id))
        await asyncio.sleep(0.1)
        release.set()
        await world.over()
        assert len(world.wire.sent) == 1

    run(scenario, answer)


def test_what_is_rolled_back_is_never_sent(run: Callable[..., None]) -> None:
    async def scenario(world: World) -> None:
        def fails(connection: Connection) -> None:
            add(connection, [delivery()])
            raise LookupError("after it was added")

        with pytest.raises(LookupError):
            await world.store.write(fails)
        await asyncio.sleep(0.1)
        assert not world.wire.sent and not await world.records()

    run(scenario)


def test_a_webhook_reaches_the_owners_subscriptions_that_want_it_and_no_others(
    run: Callable[..., None],
) -> None:
    async def scenario(world: World) -> None:
        def subscribe(db: Connection) -> None:
            for owner, name, events in [
                ("anna", "all", None),
                ("anna", "shipped", ["shipped", "lost"]),
                ("anna", "lost", ["lost"]),
                ("bert", "all", None),
                (None, "all", None),
            ]:
                url = f"https://{owner}-{name}.example/"
                subscriptions.create(db, owner, url, events)

        await world.store.write(subscribe)
        event = Published(event="shipped", content_type="application/json", body=b"1")
        await world.store.write(lambda db: subscriptions.publish(db, "anna", event))
        await world.over()
        assert sorted(sent.url for sent in world.wire.sent) == [
            "https://anna-all.example/",
            "https://anna-shipped.example/",
        ]
        assert len({sent.headers["webhook-id"] for sent in world.wire.sent}) == 1
        assert len({sent.headers["webhook-signature"] for sent in world.wire.sent}) == 2
        await world.store.write(lambda db: subscriptions.publish(db, None, event))
        await world.until(lambda: len(world.wire.sent) == 3)
        await world.store.write(lambda db: subscriptions.publish_all(db, event))
        await world.until(lambda: len(world.wire.sent) == 7)
        assert len(await world.over()) == 7

    run(scenario)


def test_what_waits_for_a_removed_subscription_is_given_up(
    run: Callable[..., None],
) -> None:
    async def scenario(world: World) -> None:
        made = await world.store.write(
            lambda db: subscriptions.create(db, "anna", "https://s.example/", None)
        )
        event = Published(event="shipped", content_type="application/json", body=b"1")
        await world.store.write(lambda db: subscriptions.publish(db, "anna", event))
        await world.until(lambda: world.wire.sent)
        assert not await world.store.write(
            lambda db: subscriptions.remove(db, "bert", made.id)
        )
        assert await world.store.write(
            lambda db: subscriptions.remove(db, "anna", made.id)
        )
        (record,) = await world.over()
        assert record.error == "the subscription was deleted"
        await asyncio.sleep(0.1)
        assert len(world.wire.sent) == 1

    run(scenario, broken, replace(FAST, retries=(0.2,) * 9))


@pytest.mark.parametrize("end", ["removed", "disabled"])
def test_what_went_to_a_subscription_that_has_ended_is_not_sent_again(
    run: Callable[..., None], end: str
) -> None:
    async def scenario(world: World) -> None:
        made = await world.store.write(
            lambda db: subscriptions.create(db, "anna", "https://s.example/", None)
        )
        event = Published(event="shipped", content_type="application/json", body=b"1")
        await world.store.write(lambda db: subscriptions.publish(db, "anna", event))
        (record,) = await world.over()
        if end == "removed":
            await world.store.write(
                lambda db: subscriptions.remove(db, "anna", made.id)
            )
        else:
            await world.store.write(
                lambda db: subscriptions.disable(db, [made.id], "it is gone")
            )
        await world.store.write(lambda db: delivery_records.redeliver(db, record.id))
        (record,) = await world.over()
        assert record.status is DeliveryStatus.FAILED
        assert record.error == "the subscription was deleted or disabled"
        assert len(world.wire.sent) == 1

    run(scenario)


def test_what_has_been_over_for_long_is_forgotten(run: Callable[..., None]) -> None:
    async def scenario(world: World) -> None:
        await world.add(delivery(), delivery())
        await world.over()
        purge = deliveries.purge
        assert await world.store.write(lambda db: purge(db, now() - 60)) == 0
        assert await world.store.write(lambda db: purge(db, now() + 60, 1)) == 1
        assert await world.store.write(lambda db: purge(db, now() + 60)) == 1
        log = select(func.count()).select_from(deliveries.delivery_attempts)
        assert await world.store.read(lambda db: db.scalar(log)) == 0

    run(scenario)


def test_a_courier_goes_on_after_the_database_refused_it(
    run: Callable[..., None], caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario(world: World) -> None:
        def rename(old: str, new: str) -> Callable[[Connection], object]:
            return lambda db: db.exec_driver_sql(f"ALTER TABLE {old} RENAME TO {new}")

        await world.store.write(rename("deliveries", "hidden"))
        await world.courier.start()
        await asyncio.sleep(0.2)
        await world.store.write(rename("hidden", "deliveries"))
        await world.add(delivery())
        await world.over()
        assert "could not take its turn" in caplog.text
        await world.courier.stop()

    run(scenario, started=False)
