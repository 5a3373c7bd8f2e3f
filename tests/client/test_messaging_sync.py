"""The client of messages without `await`, against a peer on a loop of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from building import HERE, importable, write_client
from peer import Came, Peer, ids

Answering = Callable[[Peer, Came], Awaitable[None]]


@pytest.fixture(scope="module")
def lamps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The package lamps_client, and its sync part."""
    folder: Path = tmp_path_factory.mktemp("lamps")
    write_client(HERE / "lamps.yaml", "lamps_client", folder)
    with importable(folder, "lamps_client"):
        import lamps_client
        import lamps_client.sync

        yield lamps_client


@contextmanager
def listening(peer: Peer, address: str, answer: Answering) -> Iterator[None]:
    """The peer answers at an address, in a thread of its own."""
    ready, ending = threading.Event(), threading.Event()

    async def serve() -> None:
        async with peer.listening(address, lambda came: answer(peer, came)):
            ready.set()
            await asyncio.to_thread(ending.wait)

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert ready.wait(10)
    try:
        yield
    finally:
        ending.set()
        thread.join(10)


def sent(peer: Peer, address: str, body: object, **headers: str) -> None:
    asyncio.run(peer.send(address, body, **headers))


def test_a_call_gives_its_reply(lamps: Any) -> None:
    async def answer(peer: Peer, came: Came) -> None:
        await peer.send("pongs", {"answer": came.body["event"]}, **ids(came))

    peer = Peer()
    with listening(peer, "pings", answer):
        with lamps.sync.Client(peer.broker, timeout=10) as client:
            for event in ("one", "two"):
                assert client.ping(lamps.models.Ping(event=event)).answer == event


def test_no_reply_in_time_is_an_error(lamps: Any) -> None:
    with lamps.sync.Client(Peer().broker) as client:
        with pytest.raises(lamps.errors.ReplyTimeout):
            client.ping(lamps.models.Ping(event="e"), timeout=0.02)


def test_a_job_gives_its_result(lamps: Any) -> None:
    async def answer(peer: Peer, came: Came) -> None:
        accepted = {"id": "j-1", "status": "queued"}
        await peer.send("repairs/done", accepted, **ids(came))
        result = {"lamp": came.body["lamp"], "minutes": 5}
        await peer.send("repairs/done", result, **ids(came))

    peer = Peer()
    with listening(peer, "repairs", answer):
        with lamps.sync.Client(peer.broker) as client:
            job = client.repair(lamps.models.Repair(lamp="l-1"))
            assert job.accepted(timeout=10).status == "queued"
            assert job.result(timeout=10).minutes == 5
            assert job.done


def test_messages_are_iterated_over(lamps: Any) -> None:
    peer = Peer()
    with lamps.sync.Client(peer.broker) as client:
        with client.command(lamp_id="l-1") as messages:
            sent(peer, "lamps/l-1/switch", {"command": "on"})
            sent(peer, "lamps/l-2/switch", {"command": "on"})
            sent(peer, "lamps/l-1/dim", {"percentage": 5}, fade="3")
            first, second = next(messages), next(messages)
            assert first.body == lamps.models.Switched(command="on")
            assert second.headers == lamps.models.DimmedHeaders(fade=3)


def test_iterating_ends_when_the_subscription_is_closed(lamps: Any) -> None:
    with lamps.sync.Client(Peer().broker) as client:
        with client.command() as messages:
            messages.close()
            assert list(messages) == []


def test_a_message_that_does_not_come_is_not_waited_for_longer(lamps: Any) -> None:
    peer = Peer()
    with lamps.sync.Client(peer.broker) as client, client.command() as messages:
        with pytest.raises(TimeoutError):
            messages.next(timeout=0.01)
        sent(peer, "lamps/l-1/switch", {"command": "on"})
        assert messages.next(timeout=10).address == "lamps/l-1/switch"


def test_a_message_that_asks_is_answered(lamps: Any) -> None:
    async def take(peer: Peer, came: Came) -> None:
        taken.append(came)
        arrived.set()

    peer, taken, arrived = Peer(), list[Came](), threading.Event()
    with listening(peer, "pongs", take), lamps.sync.Client(peer.broker) as client:
        with client.check() as checks:
            sent(peer, "checks", {"lamp": "l-1"}, correlation_id="c-1")
            check = next(checks)
            check.reply(lamps.models.Pong(answer=check.body.lamp))
        assert arrived.wait(10)
    assert taken[0].body == {"answer": "l-1"}
    assert taken[0].headers["correlation-id"] == "c-1"


def test_a_closed_client_leaves_no_thread_behind(lamps: Any) -> None:
    before = threading.active_count()
    client = lamps.sync.Client(Peer().broker)
    assert threading.active_count() == before + 1
    client.close()
    client.close()
    assert threading.active_count() == before
