"""The OpenAPI document, and the page that shows it: GET /openapi.json and GET /docs."""

from __future__ import annotations

from pathlib import Path

from starlette.routing import Route

from .docs_page import page
from .shown_document import ShownDocument


def docs_routes(document: Path, base: str = "") -> list[Route]:
    """The routes of the document and of its page."""
    shown = ShownDocument(document, page)
    return [
        Route(f"{base}/openapi.json", shown.json, methods=["GET"]),
        Route(f"{base}/docs", shown.page, methods=["GET"]),
    ]
