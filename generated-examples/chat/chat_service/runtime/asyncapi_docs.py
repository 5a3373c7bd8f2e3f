"""The AsyncAPI document, and the page that shows it: GET /asyncapi.json and GET /asyncapi."""

from __future__ import annotations

from pathlib import Path

from starlette.routing import Route

from .asyncapi_page import page
from .shown_document import ShownDocument


def asyncapi_routes(document: Path, base: str = "") -> list[Route]:
    """The routes of the document and of its page."""
    shown = ShownDocument(document, page)
    return [
        Route(f"{base}/asyncapi.json", shown.json, methods=["GET"]),
        Route(f"{base}/asyncapi", shown.page, methods=["GET"]),
    ]
