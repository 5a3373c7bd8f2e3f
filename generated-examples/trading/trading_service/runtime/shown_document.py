"""The document itself, and a page that shows it to people."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


class ShownDocument:
    """Reads the document when it is first asked for; `page` makes HTML of it."""

    def __init__(self, document: Path, page: Callable[[dict[str, Any]], str]) -> None:
        self.document = document
        self.page_of = page
        self.text = b""
        self.html = ""

    def load(self) -> None:
        if not self.text:
            self.text = self.document.read_bytes()
            self.tag = '"' + hashlib.sha256(self.text).hexdigest()[:32] + '"'

    async def json(self, request: Request) -> Response:
        """The document, as it is."""
        self.load()
        headers = {"ETag": self.tag, "Cache-Control": "no-cache"}
        if self.tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(self.text, 200, headers, "application/json")

    async def page(self, request: Request) -> Response:
        """The document for people."""
        self.load()
        if not self.html:
            self.html = self.page_of(json.loads(self.text))
        return HTMLResponse(self.html, headers={"Content-Security-Policy": POLICY})
