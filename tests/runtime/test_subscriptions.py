"""Subscriptions over their life: verified, changed, given new secrets, tested, replayed, disabled."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import standardwebhooks
from delivery_api import Api, run
from sqlalchemy import Connection, select, update

from runtime import delivery_replay, pings, subscribers, subscriptions
from runtime.deliveries import deliveries
from runtime.recipient import Report
from runtime.rotation import old_secrets
from runtime.store import Store, now
from runtime.subscriptions import DAY, Published

ROOT = Path(__file__).parents[2]
PROGRAM = Path(__file__).with_name("subscription_program.py")


async def subscribed(api: Api, **wanted: Any) -> tuple[str, str]:
    """The path of a new subscription, and its secret."""
    status, made = await api.call("POST", "/webhooks", json={"url": api.hook} | wanted)
    assert status == 201
    return f"/webhooks/{made['id']}", made["secret"]


async def aged(api: Api, **columns: float) -> None:
    """Move moments of every subscription: seconds before now."""
    moved = {name: now() - ago for name, ago in columns.items()}
    await api.write(lambda db: db.execute(update(subscriptions.subscriptions), moved))


def verified(found: Any) -> bool:
    return found["verified"] is not None


def disabled(found: Any) -> bool:
    return found["enabled"] is False


def is_over(listed: Any) -> bool:
    return all(one["finished"] for one in listed["deliveries"])


def signs(secret: str, got: tuple[dict[str, str], bytes]) -> bool:
    try:
        standardwebhooks.Webhook(secret).verify(got[1], got[0])
    except standardwebhooks.WebhookVerificationError:
        return False
    return True


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pings wait for nothing."""
    monkeypatch.setattr(pings, "SOON", 0.0)


# Verified


def test_a_ping_leaves_the_subscriber_time_to_learn_the_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pings, "SOON", 3600.0)

    async def test(api: Api) -> None:
        one, _ = await subscribed(api)
        await api.publish()
        await api.shown(one, verified)
        listed = (await api.call("GET", f"{one}/deliveries"))[1]["deliveries"]
        assert [found["status"] for found in listed] == ["succeeded", "pending"]
        assert not api.pings

    run(tmp_path, test, secured=True)


def test_a_new_subscription_is_pinged_and_verified_by_the_first_2xx(
    tmp_path: Path,
) -> None:
    async def test(api: Api) -> None:
        api.status = 401
        one, secret = await subscribed(api, events=["orderLost"])
        await api.when(lambda: bool(api.pings))
        assert not verified((await api.call("GET", one))[1])
        api.status = 204
        await api.shown(one, verified)
        headers, body = api.pings[-1]
        assert signs(secret, (headers, body))
        told = json.loads(body)
        assert (told["type"], told["data"]) == (
            "webhook.ping",
            {"webhook": one.rpartition("/")[2]},
        )
        assert told["timestamp"].endswith("Z")
        assert {headers["webhook-id"] for headers, _ in api.pings} == {
            headers["webhook-id"]
        }

    run(tmp_path, test, secured=True, delivery_schedule=(0.0, *(0.05,) * 99))


def test_what_is_not_verified_in_a_day_is_disabled_when_it_fails_again(
    tmp_path: Path,
) -> None:
    async def test(api: Api) -> None:
        api.status = 500
        one, _ = await subscribed(api)
        await api.shown(f"{one}/deliveries", is_over)
        assert (await api.call("GET", one))[1]["enabled"] is True
        await aged(api, verify_by=1)
        await api.publish()
        shown = await api.shown(one, disabled)
        assert "not verified" in shown["disabledBecause"]
        sent = len(api.paths)
        await api.publish()
        first, *_ = (await api.call("GET", f"{one}/deliveries"))[1]["deliveries"]
        assert "not verified" in first["error"]
        assert len(api.paths) == sent

    run(tmp_path, test, secured=True)


def test_what_is_not_verified_in_a_day_is_disabled_though_nothing_is_sent(
    tmp_path: Path,
) -> None:
    async def prepare(api: Api) -> None:
        one, _ = await subscribed(api, url=f"{api.hook}/verified")
        await api.shown(one, verified)
        api.status = 500
        one, _ = await subscribed(api)
        await api.shown(f"{one}/deliveries", is_over)
        await aged(api, verify_by=1)

    async def test(api: Api) -> None:
        def settled(found: Any) -> bool:
            return [one["enabled"] for one in found["webhooks"]] == [True, False]

        await api.shown("/webhooks", settled)

    run(tmp_path, prepare, secured=True)
    run(tmp_path, test, secured=True)


def test_what_an_older_program_subscribed_is_kept_and_need_not_be_verified(
    tmp_path: Path,
) -> None:
    async def test(api: Api) -> None:
        api.status = 500
        (one,) = (await api.call("GET", "/webhooks"))[1]["webhooks"]
        assert (one["id"], one["verified"]) == ("wh_old", None)
        to_hook = update(subscriptions.subscriptions).values(url=api.hook)
        await api.write(lambda db: db.execute(to_hook))
        await api.publish()
        path = "/webhooks/wh_old"
        (failed,) = (await api.shown(f"{path}/deliveries", is_over))["deliveries"]
        assert failed["status"] == "failed"
        assert (await api.call("GET", path))[1]["enabled"] is True
        api.status = 204
        await api.call("POST", f"/deliveries/{failed['id']}/redeliver")
        assert (await api.shown(path, verified))["enabled"] is True

    with closing(sqlite3.connect(tmp_path / "test.db")) as old:
        old.executescript(OLD)
    run(tmp_path, test, secured=True)


OLD = """
CREATE TABLE schema_version (version INTEGER NOT NULL);
INSERT INTO schema_version VALUES (1);
CREATE TABLE subscriptions (
    id TEXT NOT NULL PRIMARY KEY, owner TEXT, url TEXT NOT NULL, events TEXT, secret TEXT NOT NULL,
    enabled BOOLEAN NOT NULL, disabled_because TEXT, created FLOAT NOT NULL, updated FLOAT NOT NULL
);
CREATE INDEX ix_subscriptions_owner ON subscriptions (owner);
INSERT INTO subscriptions VALUES
    ('wh_old', 'anna', 'https://a.example/', NULL, 'whsec_b2xk', 1, NULL, 1.0, 1.0);
"""
"""The tables of a program before subscriptions were verified."""


# Failing


def test_five_days_of_failures_disable_and_one_that_arrives_begins_anew(
    tmp_path: Path,
) -> None:
    async def test(api: Api) -> None:
        one, _ = await subscribed(api)
        await api.shown(one, verified)
        api.status = 500
        await api.publish()
        await api.shown(f"{one}/deliveries", is_over)
        await aged(api, failing_since=4.9 * DAY)
        await api.publish()
        await api.shown(f"{one}/deliveries", is_over)
        assert (await api.call("GET", one))[1]["enabled"] is True

        api.status = 204
        await api.publish()
        await api.shown(f"{one}/deliveries", is_over)
        api.status = 500
        await api.publish()
        await api.shown(f"{one}/deliveries", is_over)
        assert (await api.call("GET", one))[1]["enabled"] is True

        await aged(api, failing_since=5 * DAY)
        await api.publish()
        shown = await api.shown(one, disabled)
        assert shown["disabledBecause"] == "every attempt of the last five days failed"

    run(tmp_path, test, secured=True)


def test_what_another_address_answered_says_nothing_of_the_present_one(
    tmp_path: Path,
) -> None:
    async def test() -> None:
        store = Store(f"sqlite:///{tmp_path}/test.db")
        await store.open()
        made = await store.write(
            lambda db: subscriptions.create(db, "anna", "https://new.example/", None)
        )

        def told(url: str, **fields: bool) -> Report:
            claims = {"arrived": False, "is_gone": False, **fields}
            return Report(subscription_id=made.id, url=url, **claims)

        async def after(*reports: Report) -> Any:
            await store.write(lambda db: subscribers.heard(db, reports))
            return await store.read(lambda db: subscriptions.get(db, "anna", made.id))

        old, new = "https://old.example/", "https://new.example/"
        assert await after(told(old, arrived=True)) == made
        assert await after(told(old)) == made
        assert await after(told(old, is_gone=True)) == made
        assert (await after(told(new))).failing_since is not None
        found = await after(told(new, arrived=True), told(new))
        assert found.verified is not None and found.failing_since is None
        assert (await after(told(new, is_gone=True))).enabled is False
        await store.close()

    asyncio.run(test())


# Changed


def test_a_change_touches_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    async def test(api: Api) -> None:
        one, _ = await subscribed(api, events=["orderShipped"])
        before = await api.shown(one, verified)
        status, same = await api.call("PATCH", one, json={})
        assert (status, same) == (200, before)
        for given in ({"events": ["orderLost"]}, {"events": None}, {"enabled": False}):
            status, after = await api.call("PATCH", one, json=given)
            assert status == 200 and after["updated"] > before["updated"]
            because = after["disabledBecause"]
            moved = {"updated": after["updated"], "disabledBecause": because}
            assert after == before | given | moved
            assert (await api.call("GET", one))[1] == after
            before = after
        assert before["disabledBecause"] == "its owner disabled it"
        assert (await api.call("PATCH", one, "bert", {"events": None}))[0] == 404
        assert (await api.call("PATCH", one, None, {"events": None}))[0] == 401
        assert (await api.call("PATCH", "/webhooks/nope", json={}))[0] == 404
        headers = {
            "authorization": "Bearer anna",
            "content-type": "application/merge-patch+json",
        }
        answer = await api.session.patch(
            api.url + one, headers=headers, data=b'{"events": ["orderLost"]}'
        )
        assert (await answer.json())["events"] == ["orderLost"]

    run(tmp_path, test, secured=True)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"url": "http://10.0.0.1/"}, "#/url"),
        ({"url": None}, "#/url"),
        ({"events": []}, "#/events"),
        ({"events": ["nope"]}, "#/events/0"),
        ({"enabled": None}, "#/enabled"),
        ({"enabled": 0}, "#/enabled"),
        ({"secret": "mine"}, "#/secret"),
    ],
)
def test_a_change_that_cannot_be_is_422(
    tmp_path: Path, body: Any, pointer: str
) -> None:
    async def test(api: Api) -> None:
        one, _ = await subscribed(api)
        status, problem = await api.call("PATCH", one, json=body)
        assert status == 422
        assert [wrong["pointer"] for wrong in problem["errors"]] == [pointer]

    run(tmp_path, test, secured=True)


def test_what_waits_or_is_asked_for_again_follows_to_a_new_address(
    tmp_path: Path,
) -> None:
    async def test(api: Api) -> None:
        one, _ = await subscribed(api)
        before = await api.shown(one, verified)
        api.status = 500
        await api.publish()
        await api.shown(
            f"{one}/deliveries", lambda found: found["deliveries"][0]["attempts"]
        )
        api.status = 204
        new = f"{api.hook}/new"
        status, moved = await api.call("PATCH", one, json={"url": new})
        assert (moved["url"], moved["verified"]) == (new, None)
        assert await api.shown(one, verified) != before
        await api.when(lambda: api.paths.count("/hook/new") == 1)

        # The schedule says an hour: it is asked for instead of being waited for.
        await api.write(due_now)
        listed = await api.shown(f"{one}/deliveries", is_over)
        assert api.paths.count("/hook/new") == 2
        (old,) = [d for d in listed["deliveries"] if d["event"] == "orderShipped"]
        assert (old["status"], old["url"]) == ("succeeded", new)
        sent = {headers["webhook-id"] for headers, _ in api.got}
        assert sent == {old["webhookId"]}

        (ping,) = [d for d in listed["deliveries"] if d["url"] != new]
        await api.call("POST", f"/deliveries/{ping['id']}/redeliver")
        await api.when(lambda: api.paths.count("/hook/new") == 3)

    run(tmp_path, test, secured=True, delivery_schedule=(0.0, 3600.0))


def due_now(db: Connection) -> None:
    db.execute(
        update(deliveries).where(deliveries.c.due.is_not(None)).values(due=now())
    )


def test_what_is_switched_off_hears_nothing_until_it_is_switched_on(
    tmp_path: Path,
) -> None:
    async def test(api: Api) -> None:
        one, _ = await subscribed(api)
        await api.shown(one, verified)
        await api.call("PATCH", one, json={"enabled": False})
        await api.publish("orderLost")
        for action in ("test", "replay"):
            status, problem = await api.call("POST", f"{one}/{action}")
            assert (status, problem["status"]) == (409, 409)
        status, on = await api.call("PATCH", one, json={"enabled": True})
        assert (on["enabled"], on["disabledBecause"]) == (True, None)
        await api.when(lambda: len(api.pings) == 2)
        await api.publish("orderShipped")
        await api.until(1)
        assert [headers["webhook-event"] for headers, _ in api.got] == ["orderShipped"]

    run(tmp_path, test, secured=True)


def test_what_was_disabled_has_another_five_days_and_another_day(
    tmp_path: Path,
) -> None:
    async def test(api: Api) -> None:
        api.status = 500
        one, _ = await subscribed(api)
        await aged(api, verify_by=1, failing_since=6 * DAY)
        await api.shown(one, disabled)
        await api.call("PATCH", one, json={"enabled": True})
        await api.shown(f"{one}/deliveries", is_over)
        assert (await api.call("GET", one))[1]["enabled"] is True

    run(tmp_path, test, secured=True, delivery_schedule=(0.0, *(0.1,) * 9))


# New secrets


def test_an_old_secret_signs_beside_the_new_one_for_a_day_and_after_a_restart(
    tmp_path: Path,
) -> None:
    kept: list[str] = []

    async def rotate(api: Api) -> None:
        one, old = await subscribed(api)
        assert (await api.call("POST", f"{one}/rotate-secret", "bert"))[0] == 404
        status, rotated = await api.call("POST", f"{one}/rotate-secret")
        assert status == 200
        assert rotated["secret"].startswith("whsec_") and rotated["secret"] != old
        assert "secret" not in (await api.call("GET", one))[1]
        kept.extend([one, old, rotated["secret"]])

    async def signed(api: Api) -> None:
        one, old, new = kept
        await api.call("PATCH", one, json={"url": api.hook})
        await api.publish()
        await api.until(1)
        assert signs(old, api.got[0]) and signs(new, api.got[0])
        assert api.got[0][0]["webhook-signature"].count("v1,") == 2
        later = update(old_secrets).values(until=now())
        await api.write(lambda db: db.execute(later))
        await api.publish()
        await api.until(2)
        assert signs(new, api.got[1]) and not signs(old, api.got[1])

    async def forgotten(api: Api) -> None:
        async with asyncio.timeout(10):
            while await api.write(lambda db: db.execute(select(old_secrets)).all()):
                await asyncio.sleep(0.005)

    for step in (rotate, signed, forgotten):
        run(tmp_path, step, secured=True)


def test_however_often_a_secret_is_rotated_a_header_holds_three_signatures(
    tmp_path: Path,
) -> None:
    async def test(api: Api) -> None:
        one, secret = await subscribed(api)
        secrets = [secret]
        for _ in range(4):
            rotated = (await api.call("POST", f"{one}/rotate-secret"))[1]
            secrets.append(rotated["secret"])
        await api.publish()
        await api.until(1)
        found = [signs(secret, api.got[0]) for secret in secrets]
        assert found == [False, False, True, True, True]

    run(tmp_path, test, secured=True)


# Tested


def test_a_test_is_one_signed_attempt_that_is_listed(tmp_path: Path) -> None:
    async def test(api: Api) -> None:
        one, secret = await subscribed(api)
        await api.shown(one, verified)
        api.status = 500
        status, made = await api.call("POST", f"{one}/test")
        assert (status, made["event"], made["status"]) == (
            202,
            "webhook.ping",
            "pending",
        )
        listed = await api.shown(f"{one}/deliveries", is_over)
        (tested,) = [d for d in listed["deliveries"] if d["id"] == made["id"]]
        assert (tested["status"], tested["error"]) == ("failed", "answered 500")
        assert len(tested["attempts"]) == 1
        assert len(api.pings) == 2 and signs(secret, api.pings[1])
        assert (await api.call("POST", f"{one}/test", "bert"))[0] == 404
        assert (await api.call("POST", f"{one}/test", None))[0] == 401

    run(tmp_path, test, secured=True)


def test_pings_and_replays_go_only_where_the_rules_let_them(tmp_path: Path) -> None:
    kept: list[str] = []

    async def prepare(api: Api) -> None:
        one, _ = await subscribed(api)
        await api.shown(one, verified)
        await api.publish()
        await api.shown(f"{one}/deliveries", is_over)
        kept.append(one)

    async def test(api: Api) -> None:
        (one,) = kept
        await api.call("POST", f"{one}/test")
        assert (await api.call("POST", f"{one}/replay"))[1] == {"replayed": 1}
        listed = await api.shown(f"{one}/deliveries", is_over)
        errors = [found["error"] for found in listed["deliveries"]]
        refused = "refused: the URL must begin with https://"
        assert errors == [refused, refused, None]

    run(tmp_path, prepare, secured=True)
    run(tmp_path, test, secured=True, development=False)


# Replayed


def test_what_was_sent_is_sent_again_in_its_order_under_its_ids(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery_replay, "AT_ONCE", 7)

    async def test(api: Api) -> None:
        one, _ = await subscribed(api)
        await api.shown(one, verified)
        for _ in range(20):
            await api.publish()
        await api.shown(f"{one}/deliveries", is_over)
        first = [headers["webhook-id"] for headers, _ in api.got]
        api.busiest = 0
        status, replayed = await api.call("POST", f"{one}/replay")
        assert (status, replayed) == (202, {"replayed": 20})
        await api.shown(f"{one}/deliveries", is_over)
        again = [headers["webhook-id"] for headers, _ in api.got[20:]]
        assert sorted(again) == sorted(first)
        assert len(api.pings) == 1 and api.busiest <= 4
        # Four at a time go out, so only those far apart are in order.
        assert {*again[:4]} <= {*first[:8]}
        assert (await api.call("POST", f"{one}/replay", "bert"))[0] == 404

    run(tmp_path, test, secured=True)


def test_a_replay_is_of_what_it_asks_for(tmp_path: Path) -> None:
    async def test(api: Api) -> None:
        one, _ = await subscribed(api)
        await api.shown(one, verified)
        await api.publish("orderShipped")
        await api.shown(f"{one}/deliveries", is_over)
        api.status = 500
        await api.publish("orderLost")
        listed = await api.shown(f"{one}/deliveries", is_over)
        api.status = 204
        lost, shipped, _ = listed["deliveries"]
        assert lost["event"] == "orderLost" and lost["status"] == "failed"

        async def replayed(**wanted: Any) -> list[str]:
            before = len(api.got)
            status, told = await api.call("POST", f"{one}/replay", json=wanted)
            assert status == 202
            await api.shown(f"{one}/deliveries", is_over)
            assert len(api.got) == before + told["replayed"]
            return [headers["webhook-event"] for headers, _ in api.got[before:]]

        assert await replayed(until=shipped["created"]) == []
        assert await replayed(since=lost["created"], event="orderShipped") == []
        assert await replayed(failed=True, event="orderShipped") == []
        assert await replayed(failed=True) == ["orderLost"]
        assert await replayed(failed=True) == []
        assert await replayed(event="orderLost") == ["orderLost"]
        assert await replayed(until="2000-01-01T00:00:00+02:00") == []
        assert await replayed(
            since="0001-01-01T00:00:00+14:00",
            until="9999-12-31T23:59:59Z",
            event="orderShipped",
        ) == ["orderShipped"]
        assert sorted(await replayed()) == ["orderLost", "orderShipped"]

    run(tmp_path, test, secured=True)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"since": "yesterday"}, "#/since"),
        ({"until": 5}, "#/until"),
        ({"event": "webhook.ping"}, "#/event"),
        ({"event": ""}, "#/event"),
        ({"failed": None}, "#/failed"),
        ({"limit": 5}, "#/limit"),
    ],
)
def test_a_replay_that_cannot_be_is_422(
    tmp_path: Path, body: Any, pointer: str
) -> None:
    async def test(api: Api) -> None:
        one, _ = await subscribed(api)
        status, problem = await api.call("POST", f"{one}/replay", json=body)
        assert status == 422
        assert [wrong["pointer"] for wrong in problem["errors"]] == [pointer]

    run(tmp_path, test, secured=True)


# Killed


@contextmanager
def living(database: Path) -> Iterator[str]:
    """A service, until it is killed; gives its URL."""
    paths = os.pathsep.join([str(ROOT / "templates"), str(ROOT)])
    program = subprocess.Popen(
        [sys.executable, str(PROGRAM), str(database)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": paths},
    )
    assert program.stdout is not None
    try:
        yield program.stdout.readline().strip()
    finally:
        program.send_signal(signal.SIGKILL)
        program.wait()
        program.stdout.close()


@asynccontextmanager
async def opened(database: Path) -> AsyncIterator[Store]:
    """The database of a service that runs."""
    store = Store(f"sqlite:///{database}")
    await store.open()
    try:
        yield store
    finally:
        await store.close()


def published(db: Connection) -> None:
    told = Published(event="orderShipped", content_type="application/json", body=b"{}")
    subscriptions.publish(db, "anna", told)


def given_up(db: Connection) -> None:
    of_event = deliveries.c.event == "orderShipped"
    over = {"status": "failed", "due": None, "finished": now()}
    db.execute(update(deliveries).where(of_event).values(**over))


def test_killing_the_service_loses_no_ping_no_test_no_replay_and_no_old_secret(
    tmp_path: Path,
) -> None:
    async def test(api: Api) -> None:
        api.status = 500
        database = tmp_path / "killed.db"
        with living(database) as api.url:
            one, old = await subscribed(api)
            await api.when(lambda: bool(api.pings))
            async with opened(database) as store:
                await store.write(published)
                await api.until(1)
                await store.write(given_up)
            new = (await api.call("POST", f"{one}/rotate-secret"))[1]["secret"]
            tested = (await api.call("POST", f"{one}/test"))[1]
            replayed = (await api.call("POST", f"{one}/replay"))[1]
        assert replayed == {"replayed": 1}
        api.status = 204
        api.pings.clear()
        with living(database) as api.url:
            async with opened(database) as store:
                await store.write(due_now)
            listed = await api.shown(f"{one}/deliveries", is_over)
            found = {delivery["id"]: delivery for delivery in listed["deliveries"]}
            assert found.pop(tested["id"])["attempts"]
            assert {found["event"]: found["status"] for found in found.values()} == {
                "webhook.ping": "succeeded",
                "orderShipped": "succeeded",
            }
            assert signs(old, api.pings[-1]) and signs(new, api.pings[-1])
            assert verified((await api.call("GET", one))[1])

    run(tmp_path, test, secured=True)
