"""A page of another origin, in a browser: it places an order, reads the headers, and follows the job."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from typing import Any

import pytest

from tests.browsing import browsing

ORDERS = Path(__file__).parent.parent / "generated-examples" / "orders"
PAGE = """<!doctype html><script>
const key = {"x-api-key": "k"};
const tell = (told) => fetch("/told", {method: "POST", body: JSON.stringify(told)});
const place = async () => {
  const headers = {...key, "content-type": "application/json"};
  const body = JSON.stringify({item: "lamp", quantity: 2});
  const answer = await fetch("%s/orders", {method: "POST", headers, body});
  return answer.headers.get("operation-location");
};
const ended = async (job) => {
  const ticket = await fetch(`${job}/ticket`, {method: "POST", headers: key});
  const events = new EventSource((await ticket.json()).url);
  return new Promise((resolve, reject) => {
    events.onerror = () => { events.close(); reject("the stream broke"); };
    events.addEventListener("job.succeeded", (event) => {
      events.close();
      resolve(JSON.parse(event.data).status);
    });
  });
};
const order = async () => {
  const job = await place();
  const status = await ended(job);
  const result = await fetch(`${job}/result`, {headers: key});
  const item = (await result.json()).item;
  return {status, result: result.headers.get("job-status"), item};
};
order().then(tell, (error) => tell({error: String(error)}));
</script>"""


class Pages(BaseHTTPRequestHandler):
    """Serves the page, and takes what it tells."""

    page = ""
    told: Queue[dict[str, Any]] = Queue()

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(self.page.encode())

    def do_POST(self) -> None:
        length = int(self.headers["content-length"])
        self.told.put(json.loads(self.rfile.read(length)))
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        return None


@pytest.fixture
def pages() -> Iterator[str]:
    """Where the page is."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def service(pages: str, tmp_path: Path) -> Iterator[str]:
    """Where the running example is, which allows that page."""
    settings = {
        "PORT": "0",
        "DATABASE_URL": f"sqlite:///{tmp_path}/orders.db",
        "PARTNER_KEY": "k",
        "ALLOWED_ORIGINS": pages,
    }
    process = subprocess.Popen(
        [sys.executable, "app.py"],
        cwd=ORDERS,
        env={**os.environ, **settings},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    found = re.search(r"http://\S+", process.stdout.readline())
    assert found
    yield found[0]
    process.terminate()
    assert process.wait(30) == 0
    process.stdout.close()


def test_a_page_of_another_origin_places_an_order_and_sees_it_done(
    pages: str, service: str, tmp_path: Path
) -> None:
    Pages.page = PAGE % service
    with browsing(pages, tmp_path):
        told = Pages.told.get(timeout=90)
    assert told == {"status": "succeeded", "result": "succeeded", "item": "lamp"}
