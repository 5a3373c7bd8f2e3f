"""The delivery engine as a part of a service: it runs as long as the service does."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import Any

from .courier import Courier, CourierSettings, Subscribers
from .guard import Rules
from .lifespan import CannotStart
from .operation import AsyncOperation
from .outbox import Outbox
from .received import Received
from .sender import HttpSender
from .service import Service
from .settings import Settings
from .signing import key_of
from .store import Store

log = logging.getLogger(__name__)

Check = Callable[[Rules, AsyncOperation[Any], Received], str | None]


def delivering(
    *checks: Check, subscribers: Subscribers | None = None
) -> Callable[[Service[Any]], AbstractAsyncContextManager[None]]:
    """The part that sends callbacks and webhooks; between the store, which it needs, and the job engine.

    `checks` judge the URLs in a request, by the rules, before it is accepted as a job.
    A process that does not work on jobs only writes deliveries: another one sends them.
    """

    @asynccontextmanager
    async def running(service: Service[Any]) -> AsyncIterator[None]:
        settings, store = service.settings, service.part(Store)
        outbox = Outbox(store, settings)
        service.enters.append(outbox.enter)
        service.checks += [partial(check, settings) for check in checks]
        # What the service starts from here on, the workers of jobs too, has the outbox.
        outbox.enter()
        if not service.works:
            yield
            return
        if not service.access and settings.callback_secret is None and checks:
            log.warning(
                "CALLBACK_SECRET is not set: callbacks are signed with a secret that"
                " nobody knows, so that no receiver can check them"
            )
        check_secret(settings.callback_secret)
        sender = HttpSender(settings)
        courier = Courier(store, sender, courier_settings(settings), subscribers)
        await courier.start()
        try:
            yield
        finally:
            await courier.stop(service.grace)
            await sender.close()

    return running


def check_secret(secret: str | None) -> None:
    """Raise CannotStart for a secret that can sign nothing."""
    if secret is None:
        return
    try:
        key_of(secret)
    except ValueError as error:
        raise CannotStart(f"CALLBACK_SECRET: {error}") from None


def courier_settings(settings: Settings) -> CourierSettings:
    """How the service's settings say that deliveries are made."""
    first, *later = settings.delivery_schedule
    # The first attempt is at once: a schedule may say so with a leading 0 or not at all.
    waits = tuple(later) if not first else settings.delivery_schedule
    return CourierSettings(retries=waits, callback_secret=settings.callback_secret)
