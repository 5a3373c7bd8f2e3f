"""What every carrier promises, on the memory carrier and on real brokers."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest
from place import Heard, Place, eventually
from runtime.carrier import CannotConnect, Undelivered


def test_a_message_arrives_with_its_headers(place: Place) -> None:
    headers = {
        "content-type": "application/json",
        "message-id": "m-1",
        "correlation-id": "c-1",
        "reply-to": "answers",
        "x-attempt": "2",
        "note": "a: b; c=“grün”",
    }

    async def go() -> None:
        heard = Heard()
        async with place.carrier() as carrier:
            await carrier.subscribe(
                place.address, "g", heard.deliver, options=place.row.options
            )
            await place.sent(carrier, place.address, b'{"a": 1}', headers)
            await heard.until(1)
        [(address, body, given)] = heard.messages
        assert (address, body) == (place.address, b'{"a": 1}')
        assert headers.items() <= given.items()

    asyncio.run(go())


def test_any_bytes_are_a_body(place: Place) -> None:
    bodies = [b"", b"\x00\xff\n\x00{", "größe".encode(), b"x" * 300_000]

    async def go() -> None:
        heard = Heard()
        async with place.carrier() as carrier:
            await carrier.subscribe(
                place.address, "g", heard.deliver, 1, place.row.options
            )
            for body in bodies:
                await place.sent(carrier, place.address, body, {})
            await heard.until(len(bodies))
        assert heard.bodies == bodies

    asyncio.run(go())


def test_messages_of_an_address_stay_in_order(place: Place) -> None:
    async def go() -> None:
        heard = Heard()
        async with place.carrier() as carrier:
            await carrier.subscribe(
                place.address, "g", heard.deliver, 1, place.row.options
            )
            await place.publish(carrier, 200)
            await heard.until(200)
        assert heard.bodies == [str(number).encode() for number in range(200)]

    asyncio.run(go())


@pytest.mark.rows(lambda row: row.shares and not row.private)
def test_the_members_of_a_group_share_its_messages(place: Place) -> None:
    async def go() -> None:
        one, other = Heard(), Heard()
        async with place.carrier("one") as a, place.carrier("other") as b:
            for carrier, heard in ((a, one), (b, other)):
                await carrier.subscribe(
                    place.address, "g", heard.deliver, options=place.row.options
                )
            await place.publish(a, 100)
            await eventually(lambda: len(one.counts | other.counts) == 100)
        assert (one.counts + other.counts).most_common(1)[0][1] == 1

    asyncio.run(go())


@pytest.mark.rows(lambda row: row.copies)
def test_every_group_has_all_messages(place: Place) -> None:
    async def go() -> None:
        one, other, nameless = Heard(), Heard(), Heard()
        async with place.carrier() as carrier:
            for group, heard in (("a", one), ("b", other), ("", nameless)):
                await carrier.subscribe(
                    place.address, group, heard.deliver, options=place.row.options
                )
            await place.publish(carrier, 20)
            for heard in (one, other, nameless):
                await heard.until(20)
                assert set(heard.counts.values()) == {1}

    asyncio.run(go())


def test_a_parameter_stands_for_one_segment(place: Place) -> None:
    template = f"{place.address}/{{id}}/measured"

    async def go() -> None:
        heard = Heard()
        async with place.carrier() as carrier:
            await carrier.subscribe(
                template, "g", heard.deliver, options=place.row.options
            )
            for middle in ("one", "1.5", "a/b"):
                address = f"{place.address}/{middle}/measured"
                await place.sent(carrier, address, middle.encode(), {})
            await place.sent(carrier, f"{place.address}/one/other", b"other", {})
            await heard.until(2)
            await asyncio.sleep(0.5)
        assert {(address, body) for address, body, _ in heard.messages} == {
            (f"{place.address}/one/measured", b"one"),
            (f"{place.address}/1.5/measured", b"1.5"),
        }

    asyncio.run(go())


def test_what_fails_is_delivered_again(place: Place) -> None:
    async def go() -> None:
        tried: list[bytes] = []

        async def deliver(
            address: str, body: bytes, headers: Mapping[str, str]
        ) -> None:
            tried.append(body)
            if tried.count(body) < 3:
                raise ValueError("not yet")

        async with place.carrier() as carrier:
            await carrier.subscribe(
                place.address, "g", deliver, options=place.row.options
            )
            await place.publish(carrier, 3)
            await eventually(lambda: len(tried) == 9)
            await asyncio.sleep(0.5)
        assert sorted(tried) == sorted([b"0", b"1", b"2"] * 3)

    asyncio.run(go())


def test_a_slow_reader_has_no_more_in_hand_than_its_limit(place: Place) -> None:
    async def go() -> None:
        in_hand, most, done = 0, 0, 0

        async def deliver(
            address: str, body: bytes, headers: Mapping[str, str]
        ) -> None:
            nonlocal in_hand, most, done
            in_hand += 1
            most = max(most, in_hand)
            await asyncio.sleep(0.02)
            in_hand -= 1
            done += 1

        async with place.carrier() as carrier:
            await carrier.subscribe(place.address, "g", deliver, 3, place.row.options)
            await place.publish(carrier, 60)
            await eventually(lambda: done == 60)
        assert 1 <= most <= 3

    asyncio.run(go())


@pytest.mark.rows(lambda row: row.waits)
def test_a_message_waits_for_the_first_group(place: Place) -> None:
    async def go() -> None:
        heard = Heard()
        async with place.carrier() as carrier:
            await place.publish(carrier, 3)
            await carrier.subscribe(
                place.address, "g", heard.deliver, 1, options=place.row.options
            )
            await heard.until(3)
        # A topic that a server made by itself may have several partitions, each in its own order.
        assert sorted(heard.bodies) == [b"0", b"1", b"2"]

    asyncio.run(go())


def test_dead_letters_are_kept_until_somebody_takes_them(place: Place) -> None:
    dead = f"{place.address}.dead"

    async def go() -> None:
        heard, again = Heard(), Heard()
        async with place.carrier() as carrier:
            await place.publish(carrier, 3, dead, {"x-problem": "{}", "x-attempt": "5"})
        async with place.carrier() as carrier:
            await carrier.subscribe(
                dead, "replay", heard.deliver, options=place.row.options
            )
            await heard.until(3)
        async with place.carrier() as carrier:
            await carrier.subscribe(
                dead, "replay", again.deliver, options=place.row.options
            )
            await asyncio.sleep(1)
        assert {headers["x-attempt"] for _, _, headers in heard.messages} == {"5"}
        assert not again.messages

    asyncio.run(go())


@pytest.mark.rows(lambda row: row.name == "rabbit")
def test_what_nobody_must_have_makes_no_queue(place: Place) -> None:
    options = {"mandatory": False}

    async def go() -> None:
        heard = Heard()
        async with place.carrier() as carrier:
            await carrier.publish(place.address, b"lost", {}, options)
            await carrier.subscribe(place.address, "g", heard.deliver)
            await carrier.publish(place.address, b"heard", {}, options)
            await heard.until(1)
        assert heard.bodies == [b"heard"]

    asyncio.run(go())


@pytest.mark.rows(lambda row: row.name == "rabbit")
def test_dead_letters_are_named_one_address_at_a_time(place: Place) -> None:
    async def go() -> None:
        async with place.carrier() as carrier:
            with pytest.raises(CannotConnect, match="name one address"):
                await carrier.subscribe("a.{id}.dead", "replay", Heard().deliver)

    asyncio.run(go())


def test_nothing_comes_after_the_end_of_a_subscription(place: Place) -> None:
    async def go() -> None:
        heard, probe = Heard(), Heard()
        async with place.carrier() as carrier:
            end = await carrier.subscribe(
                place.address, "g", heard.deliver, options=place.row.options
            )
            await place.publish(carrier, 1)
            await heard.until(1)
            await end()
            await carrier.subscribe(
                f"{place.address}-probe", "g", probe.deliver, options=place.row.options
            )
            await place.publish(carrier, 5)
            await place.publish(carrier, 1, f"{place.address}-probe")
            await probe.until(1)
        assert heard.bodies == [b"0"]

    asyncio.run(go())


@pytest.mark.rows(lambda row: row.kept or row.name == "memory")
def test_what_does_not_end_in_time_is_given_to_the_next_reader(place: Place) -> None:
    async def go() -> None:
        heard, begun = Heard(), asyncio.Event()

        async def forever(
            address: str, body: bytes, headers: Mapping[str, str]
        ) -> None:
            begun.set()
            await asyncio.sleep(3600)

        async with place.carrier(grace=0.2) as carrier:
            await carrier.subscribe(
                place.address, "g", forever, options=place.row.options
            )
            await place.publish(carrier, 1)
            await asyncio.wait_for(begun.wait(), 30)
        async with place.carrier() as carrier:
            await carrier.subscribe(
                place.address, "g", heard.deliver, options=place.row.options
            )
            await heard.until(1)

    asyncio.run(go())


@pytest.mark.rows(lambda row: row.server)
def test_a_broker_that_is_absent_is_told_and_tried_again(place: Place) -> None:
    assert place.server is not None
    server = place.server

    async def go() -> None:
        heard = Heard()
        carrier = place.row.carrier(server.url, place.address)
        server.stop()
        try:
            with pytest.raises(CannotConnect):
                await carrier.start()
            with pytest.raises(Undelivered):
                await carrier.publish(place.address, b"0", {}, place.row.options)
        finally:
            server.start()
        try:
            await carrier.start()
            await carrier.subscribe(
                place.address, "g", heard.deliver, options=place.row.options
            )
            await place.publish(carrier, 1)
            await heard.until(1)
        finally:
            await carrier.stop(1)

    asyncio.run(go())
