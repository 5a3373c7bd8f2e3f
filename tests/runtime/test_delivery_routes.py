"""Subscriptions, deliveries and the callback secret as resources, with and without security."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import standardwebhooks
from aiohttp import ClientSession, web
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from runtime import subscriptions
from runtime.access import Caller, HttpBearer, Need
from runtime.application import Application
from runtime.callback_secret_routes import callback_secret_routes
from runtime.deliveries import NewDelivery, add, new_event_id
from runtime.delivering import delivering
from runtime.delivery_routes import delivery_routes
from runtime.job_delivery_routes import job_delivery_routes
from runtime.job_routes import job_routes
from runtime.lifespan import Lifespan
from runtime.operation import AsyncOperation
from runtime.replies import Reply
from runtime.service import Service
from runtime.settings import Settings
from runtime.store import Store
from runtime.storing import storing
from runtime.submit import submit
from runtime.subscription_routes import subscription_routes
from runtime.subscriptions import Published
from runtime.testing import serving
from runtime.working import Working

EVENTS = ("orderShipped", "orderLost")


class Handlers(Lifespan):
    """Knows anna and bert by their names."""

    async def authenticate_bearer(self, token: str) -> Caller | None:
        return Caller(token) if token in ("anna", "bert") else None


@dataclass
class Api:
    """A running service, and whoever talks to it."""

    url: str
    session: ClientSession
    service: Service[Handlers]
    hook: str
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    status: int = 204

    async def call(
        self, method: str, path: str, who: str | None = "anna", json: Any = None
    ) -> tuple[int, Any]:
        headers = {} if who is None else {"authorization": f"Bearer {who}"}
        async with self.session.request(
            method, self.url + path, headers=headers, json=json
        ) as response:
            text = await response.text()
            return response.status, (
                await response.json(content_type=None) if text else None
            )

    async def receive(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.got.append((headers, await request.read()))
        return web.Response(status=self.status)

    async def until(self, count: int) -> None:
        async with asyncio.timeout(10):
            while len(self.got) < count:
                await asyncio.sleep(0.005)


def run(
    path: Path, test: Callable[[Api], Awaitable[None]], secured: bool, **fields: Any
) -> None:
    settings = Settings(
        database_url=f"sqlite:///{path}/test.db",
        development=True,
        delivery_schedule=(0.0, 0.05),
        grace=0.1,
        **fields,
    )
    service = Service(
        Handlers(),
        settings,
        schemes={"bearer": HttpBearer("authenticate_bearer")},
        access=((Need("bearer"),),) if secured else (),
    )
    report = replace(REPORT, security=service.access)

    async def submitted(request: Request) -> Response:
        return await submit(request, report)

    routes: list[Route] = [
        Route("/reports", submitted, methods=["POST"]),
        *subscription_routes(EVENTS),
        *delivery_routes(),
        *job_routes(),
        *job_delivery_routes(),
        *(callback_secret_routes() if secured else ()),
    ]
    app = Application(
        service,
        routes,
        title="T",
        version="1",
        running=[storing, delivering(subscribers=subscriptions), Working([report])],
    )

    async def main(url: str) -> None:
        receiver = web.Application()
        runner = web.AppRunner(receiver)
        async with ClientSession() as session:
            api = Api(url, session, service, "")
            receiver.router.add_post("/{any:.*}", api.receive)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            api.hook = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
            try:
                await test(api)
            finally:
                await runner.cleanup()

    with serving(app) as url:
        asyncio.run(main(url))


async def never(*_: Any) -> Reply:
    await asyncio.sleep(60)
    raise AssertionError


REPORT: AsyncOperation[Handlers] = AsyncOperation(
    name="report", method="POST", path="/reports", read=lambda reader: (), run=never
)


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
        assert await api.call("GET", one) == (200, made)
        assert await api.call("GET", "/webhooks") == (200, {"webhooks": [made]})
        assert made["events"] == ["orderShipped"] and made["enabled"] is True

        store = api.service.part(Store)
        event = Published(
            event="orderShipped", content_type="application/json", body=b"{}"
        )
        publish = partial(subscriptions.publish, owner="anna", published=event)
        await _on_its_loop(api, store, publish)
        await api.until(1)
        headers, body = api.got[0]
        standardwebhooks.Webhook(secret).verify(body, headers)
        await asyncio.sleep(0.1)
        status, listed = await api.call("GET", f"{one}/deliveries")
        (delivery,) = listed["deliveries"]
        assert delivery["status"] == "succeeded"
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


async def _on_its_loop(api: Api, store: Store, write: Callable[[Any], Any]) -> Any:
    """The store belongs to the server's thread; its writer takes work from any."""
    return await asyncio.to_thread(store.write_from_thread, write)


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

        event = Published(event="orderLost", content_type="", body=b"")
        await _on_its_loop(
            api,
            api.service.part(Store),
            partial(subscriptions.publish, owner=None, published=event),
        )
        await api.until(1)
        path = f"/webhooks/{made['id']}/deliveries"
        assert (await api.call("GET", path, None))[0] == 401
        (delivery,) = (await api.call("GET", path, "token"))[1]["deliveries"]
        again = f"/deliveries/{delivery['id']}/redeliver"
        assert (await api.call("POST", again, None))[0] == 401
        await asyncio.sleep(0.1)
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
        await _on_its_loop(
            api, api.service.part(Store), lambda connection: add(connection, new)
        )
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
