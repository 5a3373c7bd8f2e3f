"""Subscriptions, deliveries and the callback secret as resources, with and without security."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import standardwebhooks
from delivery_api import Api, run

from runtime.deliveries import NewDelivery, add, new_event_id


def test_a_subscription_is_made_seen_used_and_removed_by_its_owner(
    tmp_path: Path,
) -> None:
    async def test(api: Api) -> None:
        wanted = {"url": api.hook, "events": ["orderShipped"]}
        status, made = await api.call("POST", "/webhooks", json=wanted)
        assert status == 201
        secret = made.pop("secret")
        assert secret.startswith("whsec_")
        one = f"/webhooks/{made['id']}"
        shown = await api.shown(one, lambda found: found["verified"] is not None)
        assert shown == {**made, "verified": shown["verified"]}
        assert await api.call("GET", "/webhooks") == (200, {"webhooks": [shown]})
        assert made["events"] == ["orderShipped"] and made["enabled"] is True

        await api.publish("orderShipped")
        await api.until(1)
        headers, body = api.got[0]
        standardwebhooks.Webhook(secret).verify(body, headers)
        listed = await api.shown(f"{one}/deliveries", all_succeeded)
        delivery, ping = listed["deliveries"]
        assert (delivery["event"], ping["event"]) == ("orderShipped", "webhook.ping")
        assert delivery["webhook"] == made["id"]
        assert delivery["attempts"][0]["status"] == 204

        status, again = await api.call(
            "POST", f"/deliveries/{delivery['id']}/redeliver"
        )
        assert (status, again["id"]) == (202, delivery["id"])
        await api.until(2)
        assert api.got[0][0]["webhook-id"] == api.got[1][0]["webhook-id"]

        for path in (one, f"{one}/deliveries"):
            assert (await api.call("GET", path, "bert"))[0] == 404
            assert (await api.call("GET", path, None))[0] == 401
            assert (await api.call("GET", path, "eve"))[0] == 401
        for who, expected in (("bert", 404), (None, 401)):
            path = f"/deliveries/{delivery['id']}/redeliver"
            assert (await api.call("POST", path, who))[0] == expected
        assert (await api.call("GET", "/webhooks", "bert"))[1] == {"webhooks": []}
        assert (await api.call("DELETE", one, "bert"))[0] == 404
        assert (await api.call("DELETE", one))[0] == 204
        assert (await api.call("GET", one))[0] == 404
        assert (await api.call("DELETE", one))[0] == 404

    run(tmp_path, test, secured=True)


def all_succeeded(listed: Any) -> bool:
    return all(one["status"] == "succeeded" for one in listed["deliveries"])


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, ["#/url"]),
        ({"url": 7}, ["#/url"]),
        ({"url": "http://10.0.0.1/"}, ["#/url"]),
        ({"url": "https://u:p@a.example/"}, ["#/url"]),
        ({"url": "https://a.example/", "events": ["nope"]}, ["#/events/0"]),
        ({"url": "x", "events": ["orderLost", "no"]}, ["#/url", "#/events/1"]),
        ({"url": "https://a.example/", "secret": "mine"}, ["#/secret"]),
        ({"url": "https://a.example/", "events": []}, ["#/events"]),
    ],
)
def test_a_subscription_that_cannot_be_is_422_with_every_reason(
    tmp_path: Path, body: Any, pointers: list[str]
) -> None:
    async def test(api: Api) -> None:
        status, problem = await api.call("POST", "/webhooks", json=body)
        assert status == 422
        assert [one["pointer"] for one in problem["errors"]] == pointers

    run(tmp_path, test, secured=True)


def test_without_security_webhooks_need_the_admin_token(tmp_path: Path) -> None:
    async def test(api: Api) -> None:
        wanted = {"url": api.hook}
        for who in (None, "anna", "tokem"):
            assert (await api.call("POST", "/webhooks", who, wanted))[0] == 401
            assert (await api.call("GET", "/webhooks", who))[0] == 401
        status, made = await api.call("POST", "/webhooks", "token", wanted)
        assert (status, made["events"]) == (201, None)
        listed = await api.call("GET", "/webhooks", "token")
        assert len(listed[1]["webhooks"]) == 1

        await api.publish("orderLost", None)
        await api.until(1)
        path = f"/webhooks/{made['id']}/deliveries"
        assert (await api.call("GET", path, None))[0] == 401
        delivery = (await api.shown(path, all_succeeded, "token"))["deliveries"][0]
        again = f"/deliveries/{delivery['id']}/redeliver"
        assert (await api.call("POST", again, None))[0] == 401
        assert (await api.call("POST", again, "token"))[0] == 202
        await api.until(2)

    run(tmp_path, test, secured=False, admin_token="token")


def test_without_security_and_without_a_token_nobody_manages_webhooks(
    tmp_path: Path,
) -> None:
    async def test(api: Api) -> None:
        for who in (None, "", "None"):
            assert (await api.call("GET", "/webhooks", who))[0] == 403
            status, _ = await api.call("POST", "/webhooks", who, {"url": api.hook})
            assert status == 403

    run(tmp_path, test, secured=False)


def test_the_callback_secret_is_made_once_for_each_owner(tmp_path: Path) -> None:
    async def test(api: Api) -> None:
        status, first = await api.call("GET", "/callback-secret")
        assert status == 200 and first["secret"].startswith("whsec_")
        assert (await api.call("GET", "/callback-secret"))[1] == first
        assert (await api.call("GET", "/callback-secret", "bert"))[1] != first
        assert (await api.call("GET", "/callback-secret", None))[0] == 401

    run(tmp_path, test, secured=True)


@pytest.mark.parametrize("owner", ["anna", None])
def test_the_deliveries_of_a_job_are_its_owners_and_no_subscribers_leak(
    tmp_path: Path, owner: str | None
) -> None:
    async def test(api: Api) -> None:
        job = (await api.call("POST", "/reports", owner))[1]["id"]
        new = [
            _delivery(api, job, owner, "placeOrder.placed"),
            _delivery(api, job, "bert", "orderShipped", "wh_bert"),
            _delivery(api, job, None, "orderShipped", "wh_nobody"),
        ]
        await api.write(lambda connection: add(connection, new))
        path = f"/jobs/{job}/deliveries"
        status, listed = await api.call("GET", path, owner)
        assert status == 200
        assert [one["event"] for one in listed["deliveries"]] == ["placeOrder.placed"]
        if owner is not None:
            assert (await api.call("GET", path, "bert"))[0] == 404
            assert (await api.call("GET", path, None))[0] == 401
        assert (await api.call("GET", "/jobs/nope/deliveries", owner))[0] == 404
        (mine,) = listed["deliveries"]
        again = f"/deliveries/{mine['id']}/redeliver"
        assert (await api.call("POST", again, owner))[0] == 202
        assert (await api.call("POST", "/deliveries/nope/redeliver", owner))[0] == 404

    run(tmp_path, test, secured=owner is not None)


def _delivery(
    api: Api, job: str, owner: str | None, event: str, subscription: str | None = None
) -> NewDelivery:
    return NewDelivery(
        event=event,
        event_id=new_event_id(),
        endpoint=event,
        url=api.hook,
        content_type="application/json",
        body=b"{}",
        owner=owner,
        job_id=job,
        subscription_id=subscription,
    )
