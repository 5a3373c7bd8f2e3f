"""How callers of Orders prove who they are."""

from __future__ import annotations

from .runtime.credentials import ApiKey, Bearer, Scheme

SCHEMES: dict[str, Scheme] = {
    "partner": ApiKey("header", "X-Api-Key"),
    "staff": Bearer(),
}
