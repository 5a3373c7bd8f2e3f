"""How callers of Social prove who they are."""

from __future__ import annotations

from .runtime.credentials import Bearer, Scheme

SCHEMES: dict[str, Scheme] = {
    "member": Bearer(),
}
