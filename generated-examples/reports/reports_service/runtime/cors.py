"""Pages of other origins (Fetch Standard §3.3): which may call, and what they may see of an answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from starlette.middleware.cors import ALL_METHODS, CORSMiddleware
from starlette.types import ASGIApp


def for_pages(app: ASGIApp, origins: Sequence[str], methods: Iterable[str]) -> ASGIApp:
    """The application, to be called by pages of these origins; of all of them (`*`) without cookies."""
    some = [one for one in origins if "://*." in one]
    pattern = "|".join(re.escape(one).replace(r"\*", "[^/]+", 1) for one in some)
    return CORSMiddleware(
        app,
        allow_origins=[one for one in origins if one not in some],
        allow_origin_regex=pattern or None,
        allow_methods=sorted({*ALL_METHODS, *methods}),
        allow_headers=["*"],
        allow_credentials="*" not in origins,
    )


def exposed(headers: Iterable[tuple[bytes, bytes]]) -> tuple[bytes, bytes]:
    """Every header of an answer is for the page, too: a job's URLs and ETag are among them."""
    names = dict.fromkeys(name for name, _ in headers)
    return b"access-control-expose-headers", b", ".join(names)
