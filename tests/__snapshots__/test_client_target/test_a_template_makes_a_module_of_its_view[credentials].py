"""How callers of Toys prove who they are."""

from __future__ import annotations

SCHEMES: dict[str, Scheme] = {
    "key": ApiKey("header", "X-Key"),
}
