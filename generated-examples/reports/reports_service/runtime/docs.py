"""The document itself, and a page that shows it to people."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from .docs_page import page

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def docs_routes(document: Path, base: str = "") -> list[Route]:
    """The routes of the document and of its page."""
    shown = Documents(document)
    return [
        Route(f"{base}/openapi.json", shown.json, methods=["GET"]),
        Route(f"{base}/docs", shown.page, methods=["GET"]),
    ]


class Documents:
    """Reads the document when it is first asked for."""

    def __init__(self, document: Path) -> None:
        self.document = document
        self.text = b""
        self.html = ""

    def load(self) -> None:
        if not self.text:
            self.text = self.document.read_bytes()
            self.tag = '"' + hashlib.sha256(self.text).hexdigest()[:32] + '"'

    async def json(self, request: Request) -> Response:
        """GET /openapi.json: the document, as it is."""
        self.load()
        headers = {"ETag": self.tag, "Cache-Control": "no-cache"}
        if self.tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(self.text, 200, headers, "application/json")

    async def page(self, request: Request) -> Response:
        """GET /docs: the document for people."""
        self.load()
        if not self.html:
            self.html = page(json.loads(self.text))
        return HTMLResponse(self.html, headers={"Content-Security-Policy": POLICY})
