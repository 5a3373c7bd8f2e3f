"""The service's database, open as long as the service runs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from .lifespan import CannotStart
from .service import Service
from .store import Store, StoreUnusable, metadata


@asynccontextmanager
async def storing(service: Service[Any]) -> AsyncIterator[None]:
    """Makes the Store a part of the service."""
    store = Store(service.settings.database_url, metadata)
    try:
        await store.open()
    except StoreUnusable as error:
        raise CannotStart(str(error)) from None
    service.add(store)
    try:
        yield
    finally:
        await store.close()
