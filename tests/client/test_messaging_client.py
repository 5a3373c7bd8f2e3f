"""The client of messages, as a build makes it, against a peer that only knows the document."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from building import HERE, importable, write_client
from peer import Came, Peer, ids


@pytest.fixture(scope="module")
def lamps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The package lamps_client."""
    folder = tmp_path_factory.mktemp("lamps")
    write_client(HERE / "lamps.yaml", "lamps_client", folder)
    with importable(folder, "lamps_client"):
        import lamps_client

        yield lamps_client


@asynccontextmanager
async def connected(lamps: Any) -> AsyncIterator[tuple[Any, Peer]]:
    peer = Peer()
    async with lamps.Client(peer.broker, timeout=10) as client:
        yield client, peer


def run(test: Any) -> None:
    asyncio.run(asyncio.wait_for(test, 30))


# Publishing


def test_a_message_goes_to_its_address_with_its_body_and_headers(lamps: Any) -> None:
    async def test() -> None:
        async with (
            connected(lamps) as (client, peer),
            peer.listening("lamps/{lampId}/measured"),
        ):
            headers = lamps.models.LightMeasuredHeaders(urgent=True, level=3)
            body = lamps.models.LightMeasured(lumens=7)
            await client.measure("l-1", body, headers=headers, message_id="m-1")
            came = await peer.came.get()
            assert (came.address, came.body) == ("lamps/l-1/measured", {"lumens": 7})
            assert came.headers["urgent"] == "true"
            assert came.headers["level"] == "3"
            assert came.headers["message-id"] == "m-1"
            assert came.headers["content-type"] == "application/json"

    run(test())


def test_every_message_has_an_id_of_its_own(lamps: Any) -> None:
    async def test() -> None:
        async with (
            connected(lamps) as (client, peer),
            peer.listening("lamps/{lampId}/measured"),
        ):
            for _ in range(2):
                await client.measure("l-1", lamps.models.LightMeasured(lumens=7))
            first, second = await peer.came.get(), await peer.came.get()
            assert first.headers["message-id"] != second.headers["message-id"]

    run(test())


@pytest.mark.parametrize("lamp_id", ["a/b", "", "*", "#", "l 1"])
def test_a_parameter_that_would_lead_elsewhere_is_refused(
    lamps: Any, lamp_id: str
) -> None:
    async def test() -> None:
        async with connected(lamps) as (client, _):
            with pytest.raises(lamps.errors.UnsendableMessage):
                await client.measure(lamp_id, lamps.models.LightMeasured(lumens=7))

    run(test())


# Asking


def test_a_reply_is_found_by_the_header_that_the_document_names(lamps: Any) -> None:
    async def answer(peer: Peer, came: Came) -> None:
        await peer.send("pongs", {"answer": "not yours"}, pingid="somebody else's")
        pong = {"answer": f"to {came.body['event']}"}
        await peer.send("pongs", pong, pingid=came.headers["pingid"])

    async def test() -> None:
        async with (
            connected(lamps) as (client, peer),
            peer.listening("pings", lambda came: answer(peer, came)),
        ):
            asked = [client.ping(lamps.models.Ping(event=str(n))) for n in range(5)]
            pongs = await asyncio.gather(*asked)
            assert [pong.answer for pong in pongs] == [f"to {n}" for n in range(5)]

    run(test())


def test_an_id_that_the_caller_puts_into_the_headers_is_kept(lamps: Any) -> None:
    async def answer(peer: Peer, came: Came) -> None:
        await peer.send("pongs", {"answer": "yes"}, pingid=came.headers["pingid"])

    async def test() -> None:
        async with (
            connected(lamps) as (client, peer),
            peer.listening("pings", lambda came: answer(peer, came)),
        ):
            headers = lamps.models.Headers(ping_id="mine")
            pong = await client.ping(lamps.models.Ping(event="e"), headers=headers)
            assert pong.answer == "yes"
            came = await peer.came.get()
            assert came.headers["pingid"] == came.headers["correlation-id"] == "mine"

    run(test())


def test_a_reply_goes_where_the_request_says(lamps: Any) -> None:
    async def answer(peer: Peer, came: Came) -> None:
        assert came.headers["replyto"] == came.headers["reply-to"]
        total = {"total": sum(came.body["numbers"])}
        await peer.send(came.headers["replyto"], total, **ids(came))

    async def test() -> None:
        async with (
            connected(lamps) as (client, peer),
            peer.listening("sums", lambda came: answer(peer, came)),
        ):
            headers = lamps.models.SumHeaders(precision=2)
            body = lamps.models.Sum(numbers=[1, 2.5])
            assert (await client.sum(body, headers=headers)).total == 3.5
            assert (await peer.came.get()).headers["precision"] == "2"

    run(test())


def test_a_reply_without_any_id_answers_the_oldest_request_of_a_private_inbox(
    lamps: Any,
) -> None:
    async def answer(peer: Peer, came: Came) -> None:
        total = {"total": sum(came.body["numbers"])}
        await peer.send(came.headers["replyto"], total)

    async def test() -> None:
        async with (
            connected(lamps) as (client, peer),
            peer.listening("sums", lambda came: answer(peer, came)),
        ):
            total = await client.sum(lamps.models.Sum(numbers=[1, 2]))
            assert total.total == 3

    run(test())


def test_an_id_in_the_payload_is_of_the_type_declared_and_own_requests_are_no_replies(
    lamps: Any,
) -> None:
    async def answer(peer: Peer, came: Came) -> None:
        if "question" in came.body:
            assert isinstance(came.body["id"], int)
            await peer.send("talk", {"told": "so", "id": came.body["id"]})

    async def test() -> None:
        async with (
            connected(lamps) as (client, peer),
            peer.listening("talk", lambda came: answer(peer, came)),
        ):
            assert (await client.ask(lamps.models.Ask(question="?"))).told == "so"
            mine = lamps.models.Ask(question="?", id=7)
            assert (await client.ask(mine)).id == 7

    run(test())


def test_no_reply_in_time_is_an_error_and_a_late_one_disturbs_nobody(
    lamps: Any,
) -> None:
    async def test() -> None:
        async with connected(lamps) as (client, peer), peer.listening("pings"):
            with pytest.raises(lamps.errors.ReplyTimeout) as late:
                await client.ping(lamps.models.Ping(event="e"), timeout=0.05)
            assert isinstance(late.value, TimeoutError)
            came = await peer.came.get()
            assert came.headers["correlation-id"] == late.value.correlation_id
            await peer.send("pongs", {"answer": "late"}, **ids(came))
            asking = asyncio.create_task(client.ping(lamps.models.Ping(event="f")))
            came = await peer.came.get()
            await peer.send("pongs", {"answer": "in time"}, **ids(came))
            assert (await asking).answer == "in time"

    run(test())


def test_a_reply_of_another_shape_is_an_error_that_shows_it(lamps: Any) -> None:
    async def answer(peer: Peer, came: Came) -> None:
        await peer.send("pongs", {"answer": 5}, **ids(came))

    async def test() -> None:
        async with (
            connected(lamps) as (client, peer),
            peer.listening("pings", lambda came: answer(peer, came)),
        ):
            with pytest.raises(lamps.errors.UnreadableMessage, match="answer") as bad:
                await client.ping(lamps.models.Ping(event="e"))
            assert bad.value.body == b'{"answer": 5}'

    run(test())


def test_a_problem_as_reply_is_raised(lamps: Any) -> None:
    async def answer(peer: Peer, came: Came) -> None:
        problem = {"type": "about:blank", "title": "Not today", "status": 422}
        said = {"content-type": "application/problem+json", **ids(came)}
        await peer.send("pongs", problem, **said)

    async def test() -> None:
        async with (
            connected(lamps) as (client, peer),
            peer.listening("pings", lambda came: answer(peer, came)),
        ):
            with pytest.raises(lamps.errors.MessageRefused) as refused:
                await client.ping(lamps.models.Ping(event="e"))
            assert refused.value.problem.status == 422

    run(test())


def test_a_canceled_request_leaves_the_others_waiting(lamps: Any) -> None:
    async def test() -> None:
        async with connected(lamps) as (client, peer), peer.listening("pings"):
            given_up = asyncio.create_task(client.ping(lamps.models.Ping(event="a")))
            await peer.came.get()
            waiting = asyncio.create_task(client.ping(lamps.models.Ping(event="b")))
            came = await peer.came.get()
            given_up.cancel()
            await peer.send("pongs", {"answer": "b"}, **ids(came))
            assert (await waiting).answer == "b"
            with pytest.raises(asyncio.CancelledError):
                await given_up

    run(test())


def test_closing_the_client_tells_those_who_wait(lamps: Any) -> None:
    async def test() -> None:
        async with connected(lamps) as (client, peer), peer.listening("pings"):
            asking = asyncio.create_task(client.ping(lamps.models.Ping(event="a")))
            await peer.came.get()
            await client.close()
            with pytest.raises(lamps.errors.ConnectionFailed):
                await asking

    run(test())


# Subscribing


def test_what_the_service_sends_comes_typed_with_its_address(lamps: Any) -> None:
    async def test() -> None:
        async with connected(lamps) as (client, peer), client.command() as messages:
            await peer.send("lamps/l-1/switch", {"command": "on"}, message_id="m-1")
            await peer.send("lamps/l-2/dim", {"percentage": 5}, fade="3")
            first, second = await anext(messages), await anext(messages)
            assert first.body == lamps.models.Switched(command="on")
            assert (first.id, first.address) == ("m-1", "lamps/l-1/switch")
            assert second.body == lamps.models.Dimmed(percentage=5)
            assert second.headers.fade == 3
            assert second.parameters == {"lampId": "l-2", "kind": "dim"}

    run(test())


def test_a_subscription_is_narrowed_by_its_parameters(lamps: Any) -> None:
    async def test() -> None:
        async with connected(lamps) as (client, peer):
            async with client.command(lamp_id="l-2") as messages:
                await peer.send("lamps/l-1/switch", {"command": "on"})
                await peer.send("lamps/l-2/switch", {"command": "off"})
                assert (await anext(messages)).parameters["lampId"] == "l-2"

    run(test())


def test_messages_that_are_meant_for_others_at_the_same_address_are_passed_over(
    lamps: Any,
) -> None:
    async def test() -> None:
        async with connected(lamps) as (client, peer), client.switches() as messages:
            await peer.send("lamps/l-1/dim", {"percentage": 5})
            await peer.send("lamps/l-1/measured", {"lumens": 5})
            await peer.send("lamps/l-1/switch", {"command": "off"})
            assert (await anext(messages)).body.command == "off"

    run(test())


def test_an_unreadable_message_is_raised_once_and_the_next_one_comes(
    lamps: Any,
) -> None:
    async def test() -> None:
        async with connected(lamps) as (client, peer), client.switches() as messages:
            await peer.send("lamps/l-1/switch", b"no JSON")
            await peer.send("lamps/l-1/switch", {"command": "on"})
            with pytest.raises(lamps.errors.UnreadableMessage) as bad:
                await anext(messages)
            assert bad.value.body == b"no JSON"
            assert (await anext(messages)).body.command == "on"

    run(test())


def test_a_slow_subscriber_holds_no_more_than_its_limit(lamps: Any) -> None:
    async def test() -> None:
        async with connected(lamps) as (client, peer):
            async with client.switches(group="g") as messages:
                for _ in range(30):
                    await peer.send("lamps/l-1/switch", {"command": "on"})
                await anext(messages)
                await asyncio.sleep(0.05)
                async with client.switches(group="g") as others:
                    for _ in range(22):
                        await anext(others)
                for _ in range(7):
                    await anext(messages)

    run(test())


def test_what_was_not_taken_goes_to_another_of_the_group(lamps: Any) -> None:
    async def test() -> None:
        async with connected(lamps) as (client, peer):
            await peer.send("lamps/l-1/switch", {"command": "on"}, message_id="m-1")
            with pytest.raises(RuntimeError, match="cannot do it"):
                async with client.switches(group="g") as messages:
                    assert (await anext(messages)).id == "m-1"
                    raise RuntimeError("cannot do it")
            async with client.switches(group="g") as messages:
                assert (await anext(messages)).id == "m-1"
            async with client.switches(group="g") as messages:
                await peer.send("lamps/l-1/switch", {"command": "on"}, message_id="m-2")
                assert (await anext(messages)).id == "m-2"

    run(test())


def test_a_subscription_ends_when_its_client_is_closed(lamps: Any) -> None:
    async def test() -> None:
        async with connected(lamps) as (client, peer), client.command() as messages:
            taking = asyncio.create_task(anext(messages, None))
            await asyncio.sleep(0)
            await client.close()
            assert await taking is None
            assert [message async for message in messages] == []

    run(test())


def test_a_message_that_asks_is_answered(lamps: Any) -> None:
    async def test() -> None:
        async with connected(lamps) as (client, peer):
            async with peer.listening("pongs"), client.check() as checks:
                await peer.send("checks", {"lamp": "l-1"}, correlation_id="c-1")
                message = await anext(checks)
                pong = lamps.models.Pong(answer=message.body.lamp)
                await message.reply(pong)
                came = await peer.came.get()
                assert came.body == {"answer": "l-1"}
                assert came.headers["correlation-id"] == "c-1"
                assert came.headers["pingid"] == "c-1"

    run(test())


# Jobs


def test_a_job_is_accepted_and_gives_its_result(lamps: Any) -> None:
    async def test() -> None:
        async with connected(lamps) as (client, peer), peer.listening("repairs"):
            job = await client.repair(lamps.models.Repair(lamp="l-1"))
            came = await peer.came.get()
            assert came.headers["message-id"] == job.id
            accepted = {"id": "j-1", "status": "queued"}
            await peer.send("repairs/done", accepted, **ids(came))
            assert (await job.accepted(timeout=10)).id == "j-1"
            assert not job.done
            with pytest.raises(lamps.errors.JobTimeout):
                await job.result(timeout=0.05)
            result = {"lamp": "l-1", "minutes": 5}
            await peer.send("repairs/done", result, **ids(came))
            assert (await job.result(timeout=10)).minutes == 5
            assert (await job.result()).minutes == 5
            assert job.done

    run(test())


def test_a_job_that_failed_raises_its_problem(lamps: Any) -> None:
    async def test() -> None:
        async with connected(lamps) as (client, peer), peer.listening("repairs"):
            job = await client.repair(lamps.models.Repair(lamp="l-1"))
            came = await peer.came.get()
            problem = {"type": "about:blank", "title": "No ladder", "status": 500}
            said = {"content-type": "application/problem+json", **ids(came)}
            await peer.send("repairs/done", problem, **said)
            assert await job.accepted(timeout=10) is None
            with pytest.raises(lamps.errors.JobFailed, match="No ladder"):
                await job.result(timeout=10)

    run(test())


# Connecting


def test_a_broker_that_cannot_be_had_is_an_error_of_the_client(lamps: Any) -> None:
    async def test() -> None:
        async with lamps.Client("stomp://localhost:1") as client:
            with pytest.raises(lamps.errors.ConnectionFailed):
                await client.measure("l-1", lamps.models.LightMeasured(lumens=1))

    run(test())


def test_a_carrier_that_was_lent_is_left_running(lamps: Any) -> None:
    class Lent(Peer):
        pass

    async def test() -> None:
        peer = Lent()
        stopped: list[float] = []
        stop = peer.broker.stop

        async def stopping(grace: float) -> None:
            stopped.append(grace)
            await stop(grace)

        peer.broker.stop = stopping  # type: ignore[method-assign]
        async with lamps.Client(peer.broker) as client:
            await client.measure("l-1", lamps.models.LightMeasured(lumens=1))
        assert not stopped

    run(test())


def test_a_url_of_this_process_is_a_broker_too(lamps: Any) -> None:
    async def test() -> None:
        async with lamps.Client("memory://one") as client:
            await client.measure("l-1", lamps.models.LightMeasured(lumens=1))

    run(test())


# What is emitted


def test_the_client_of_messages_needs_no_service_and_is_strictly_typed(
    lamps: Any,
) -> None:
    folder = Path(lamps.__file__).parent
    needed = (folder / "requirements.txt").read_text()
    assert "starlette" not in needed and "sqlalchemy" not in needed
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file="]
    caller = HERE / "messaging_caller.py"
    done = subprocess.run(
        [*command, str(caller), "lamps_client"],
        cwd=folder.parent,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
