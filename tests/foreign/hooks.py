"""What schemathesis cannot know: a caller takes a new idempotency key for every new request."""

from __future__ import annotations

import hashlib
from typing import Any

import schemathesis

KEY = "Idempotency-Key"


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Makes the key of a valid request that request's own; broken ones stay as they are."""
    if KEY not in (case.headers or {}) or not case.meta.generation.mode.is_positive:
        return
    parts = (case.path, case.path_parameters, case.query, case.media_type, case.body)
    digest = hashlib.sha256(repr(parts).encode(errors="surrogatepass"))
    case.headers[KEY] = digest.hexdigest()
