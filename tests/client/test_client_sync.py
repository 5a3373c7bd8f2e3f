"""The client without `await` is the asyncio one, word for word."""

from __future__ import annotations

import inspect
from importlib import import_module
from typing import Any

import pytest

from runtime import handle, handle_sync

GROUPS = [("orders", "Orders"), ("refunds", "Refunds")]


def surface(kind: type) -> dict[str, str]:
    """Every public name with its signature, asyncio's own words aside."""
    found: dict[str, str] = {}
    for name, value in vars(kind).items():
        if name.startswith("_") and name != "__init__":
            continue
        shown = str(inspect.signature(value)) if inspect.isfunction(value) else "…"
        for word in ("Async", "async "):
            shown = shown.replace(word, "")
        found[name] = shown
    return found


@pytest.mark.parametrize(("module", "name"), GROUPS)
def test_a_group_has_the_same_methods(module: str, name: str) -> None:
    a = getattr(import_module(f"orders_client.{module}"), name)
    b = getattr(import_module(f"orders_client.sync.{module}"), name)
    assert surface(a) == surface(b)
    assert not [n for n in vars(b) if inspect.iscoroutinefunction(vars(b)[n])]


def test_the_client_takes_the_same_arguments() -> None:
    from orders_client import Client
    from orders_client.sync import Client as SyncClient

    assert surface(Client) == surface(SyncClient)


def test_a_handle_does_the_same() -> None:
    assert surface(handle.JobHandle) == surface(handle_sync.JobHandle)


def test_the_runtime_functions_are_the_same() -> None:
    def shown(module: Any) -> dict[str, str]:
        return {
            name: str(inspect.signature(getattr(module, name))).replace("Async", "")
            for name in ("start_job", "resume_job")
        }

    assert shown(handle) == shown(handle_sync)
