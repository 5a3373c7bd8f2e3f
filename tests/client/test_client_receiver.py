"""The receiver: what is proven, new and readable reaches its method; all else is refused."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import httpx2
import pytest
from standardwebhooks import Webhook
from starlette.applications import Starlette

from runtime.seen import Claim, MemorySeen, Seen, SqliteSeen
from runtime.signing import new_secret, sign
from scripted import ORDER

SECRET = new_secret()
SHIPMENT = {"orderId": ORDER["id"], "carrier": "post", "trackingNumber": "PX-1042"}
NOTICE = {
    "type": "job.succeeded",
    "timestamp": "2026-01-02T03:04:05Z",
    "data": {
        "id": "job_1",
        "operation": "createRefund",
        "status": "succeeded",
        "done": True,
        "version": 4,
    },
}


def receiver(**options: Any) -> Any:
    """A receiver that keeps what it is given and, the first `fails` times, fails."""
    from orders_client import models
    from orders_client.receiver import Delivery, JobNotice, Receiver

    class Shop(Receiver):
        taken: list[tuple[object, Delivery]] = []
        fails = 0
        pause = 0.0

        async def order_shipped(
            self, body: models.Shipment, delivery: Delivery
        ) -> None:
            await asyncio.sleep(self.pause)
            if self.fails:
                self.fails -= 1
                raise RuntimeError("the shop is closed")
            self.taken.append((body, delivery))

        async def place_order_refused(
            self, body: models.Refusal, delivery: Delivery
        ) -> None:
            self.taken.append((body, delivery))

        async def job_succeeded(self, body: JobNotice, delivery: Delivery) -> None:
            self.taken.append((body, delivery))

    Shop.taken = []
    return Shop(**{"secrets": [SECRET], **options})


def signed(
    body: bytes,
    event: str = "orderShipped",
    id: str = "evt_1",
    secret: str = SECRET,
    at: float | None = None,
    kind: str = "application/json",
) -> dict[str, str]:
    timestamp = int(time.time() if at is None else at)
    return {
        "webhook-id": id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign([secret], id, timestamp, body),
        "webhook-event": event,
        "content-type": kind,
    }


async def deliver(app: Any, *requests: tuple[bytes, dict[str, str]]) -> list[int]:
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://hook") as http:
        answers = await asyncio.gather(
            *(http.post("/", content=body, headers=head) for body, head in requests)
        )
    return [answer.status_code for answer in answers]


def post(app: Any, value: object = SHIPMENT, **options: Any) -> int:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return asyncio.run(deliver(app, (body, signed(body, **options))))[0]


def test_a_delivery_reaches_its_method_typed() -> None:
    from orders_client import models

    app = receiver()
    assert post(app) == 204
    ((body, delivery),) = app.taken
    assert isinstance(body, models.Shipment) and body.tracking_number == "PX-1042"
    assert (delivery.id, delivery.event) == ("evt_1", "orderShipped")
    age = datetime.now(timezone.utc) - delivery.timestamp
    assert 0 <= age.total_seconds() < 5
    assert delivery.headers["webhook-event"] == "orderShipped"


def test_a_callback_and_a_notice_reach_their_methods() -> None:
    app = receiver()
    refusal = {"title": "Card declined"}
    kind = "application/problem+json"
    assert post(app, refusal, event="placeOrder.refused", kind=kind) == 204
    assert post(app, NOTICE, event="job.succeeded", id="evt_2") == 204
    first, second = (body for body, _ in app.taken)
    assert first.title == "Card declined"
    assert second.data.id == "job_1"


def test_the_official_sender_is_accepted() -> None:
    app = receiver()
    body = json.dumps(SHIPMENT)
    now = datetime.now(timezone.utc)
    headers = {
        **signed(body.encode(), id="msg_1"),
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(SECRET).sign("msg_1", now, body),
    }
    assert asyncio.run(deliver(app, (body.encode(), headers))) == [204]


def test_any_of_several_secrets_will_do() -> None:
    app = receiver(secrets=[new_secret(), SECRET])
    assert post(app) == 204


@pytest.mark.parametrize(
    "options",
    [
        {"secret": new_secret()},
        {"at": time.time() - 3600},
        {"at": time.time() + 3600},
    ],
    ids=["another secret", "too old", "too new"],
)
def test_what_is_not_proven_is_refused(options: dict[str, Any]) -> None:
    app = receiver()
    assert post(app, **options) == 401
    assert app.taken == []


def test_a_changed_body_is_refused() -> None:
    app = receiver()
    body = json.dumps(SHIPMENT).encode()
    assert asyncio.run(deliver(app, (body + b" ", signed(body)))) == [401]
    assert asyncio.run(deliver(app, (body, {}))) == [401]


def test_a_ping_is_answered_if_its_secret_is_known_and_reaches_no_method() -> None:
    app = receiver()
    ping = {"type": "webhook.ping", "timestamp": "2026-01-02T03:04:05Z", "data": {}}
    assert post(app, ping, event="webhook.ping") == 204
    assert post(app, ping, event="webhook.ping", secret=new_secret()) == 401
    assert app.taken == []


def test_an_unknown_event_is_refused_and_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = receiver()
    assert post(app, event="orderLost") == 404
    assert 'there is no event "orderLost"' in caplog.text


@pytest.mark.parametrize("body", [{"orderId": "x"}, b"{", b""])
def test_a_body_that_is_not_as_declared_is_refused(body: object) -> None:
    app = receiver()
    assert post(app, body) == 422
    assert post(app, kind="text/plain") == 415
    assert app.taken == []
    assert post(app) == 204  # nothing was marked as seen


def test_an_event_without_a_method_is_not_lost(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = receiver()
    assert post(app, ORDER, event="placeOrder.placed") == 501
    assert "place_order_placed is not implemented" in caplog.text


def test_a_body_that_is_too_big_is_refused() -> None:
    app = receiver(limit=10)
    assert post(app) == 413

    async def pieces() -> Any:
        yield b"x" * 8
        yield b"x" * 8

    async def stream() -> int:
        transport = httpx2.ASGITransport(app)
        async with httpx2.AsyncClient(transport=transport) as http:
            return (await http.post("http://hook/", content=pieces())).status_code

    assert asyncio.run(stream()) == 413


@pytest.fixture(params=["memory", "sqlite"])
def seen(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., Seen]:
    """How to make a store of each kind; the files are one."""
    if request.param == "memory":
        return MemorySeen
    return lambda **options: SqliteSeen(tmp_path / "seen.db", **options)


def test_a_duplicate_is_answered_and_dropped(seen: Callable[..., Seen]) -> None:
    app = receiver(seen=seen())
    assert [post(app), post(app), post(app, id="evt_2")] == [204, 204, 204]
    assert len(app.taken) == 2


def test_a_delivery_whose_method_failed_comes_again(
    seen: Callable[..., Seen], caplog: pytest.LogCaptureFixture
) -> None:
    app = receiver(seen=seen())
    app.fails = 1
    with caplog.at_level(logging.ERROR):
        assert post(app) == 500
    assert "the shop is closed" in caplog.text
    assert post(app) == 204
    assert len(app.taken) == 1


def test_of_duplicates_at_once_one_is_taken_and_the_others_come_again(
    seen: Callable[..., Seen],
) -> None:
    app = receiver(seen=seen())
    app.pause, app.fails = 0.05, 0
    body = json.dumps(SHIPMENT).encode()
    answers = asyncio.run(deliver(app, *[(body, signed(body))] * 5))
    assert sorted(answers) == [204, 503, 503, 503, 503]
    assert post(app) == 204
    assert len(app.taken) == 1


def test_a_canceled_method_leaves_its_delivery_new(seen: Callable[..., Seen]) -> None:
    app = receiver(seen=seen())
    app.pause = 60.0
    body = json.dumps(SHIPMENT).encode()

    async def interrupted() -> None:
        async with asyncio.timeout(0.2):
            await deliver(app, (body, signed(body)))

    with pytest.raises(TimeoutError):
        asyncio.run(interrupted())
    app.pause = 0.0
    assert post(app) == 204
    assert len(app.taken) == 1


def test_a_claim_lapses_when_its_holder_died(seen: Callable[..., Seen]) -> None:
    async def story() -> list[Claim]:
        store = seen(lease=0.5)
        claims = [await store.claim("a"), await store.claim("a")]
        await asyncio.sleep(0.6)
        claims.append(await store.claim("a"))
        await store.keep("a")
        await asyncio.sleep(0.6)
        return [*claims, await store.claim("a")]

    assert asyncio.run(story()) == ["new", "busy", "new", "seen"]


def test_what_was_taken_is_forgotten_in_the_end(seen: Callable[..., Seen]) -> None:
    async def story() -> list[Claim]:
        store = seen(memory=0.5)
        await store.claim("a")
        await store.keep("a")
        before = await store.claim("a")
        await asyncio.sleep(0.6)
        return [before, await store.claim("a")]

    assert asyncio.run(story()) == ["seen", "new"]


def test_a_file_remembers_for_another_process(tmp_path: Path) -> None:
    first, second = (SqliteSeen(tmp_path / "seen.db") for _ in range(2))
    assert post(receiver(seen=first)) == 204
    app = receiver(seen=second)
    assert post(app) == 204
    assert app.taken == []


def test_it_can_be_mounted() -> None:
    shop = receiver()
    app = Starlette()
    app.mount("/hooks", shop)
    body = json.dumps(SHIPMENT).encode()

    async def story() -> int:
        transport = httpx2.ASGITransport(app)
        async with httpx2.AsyncClient(transport=transport) as http:
            answer = await http.post(
                "http://shop/hooks/", content=body, headers=signed(body)
            )
            return answer.status_code

    assert asyncio.run(story()) == 204
    assert len(shop.taken) == 1


def test_it_can_be_run_alone() -> None:
    async def story() -> list[str]:
        asked = iter(["lifespan.startup", "lifespan.shutdown"])
        told: list[str] = []

        async def receive() -> dict[str, str]:
            return {"type": next(asked)}

        async def send(message: Any) -> None:
            told.append(message["type"])

        await receiver()({"type": "lifespan"}, receive, send)
        return told

    expected = ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert asyncio.run(story()) == expected


@pytest.mark.parametrize("secrets", ["whsec_x", []])
def test_secrets_are_a_list(secrets: Any) -> None:
    with pytest.raises(ValueError, match="a list of at least one"):
        receiver(secrets=secrets)


def test_another_method_than_the_declared_is_refused() -> None:
    app = receiver()
    body = json.dumps(SHIPMENT).encode()

    async def story() -> int:
        transport = httpx2.ASGITransport(app)
        async with httpx2.AsyncClient(transport=transport) as http:
            answer = await http.put("http://hook/", content=body, headers=signed(body))
            return answer.status_code

    assert asyncio.run(story()) == 405
