"""A browser, which knows nothing but the document, plays the game example over its WebSocket."""

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

GAME = Path(__file__).parent.parent / "generated-examples" / "game"
PAGE = """<!doctype html><script>
const heard = [];
const socket = new WebSocket("%s/tables/green?player=Ada");
const say = (message) => socket.send(JSON.stringify(message));
const moves = [["x", 0], ["o", 3], ["x", 0], ["o", 4], ["x", 1], ["o", 4], ["x", 2]];
const play = () => moves.length
  ? (([mark, field]) => say({type: "move", mark, field}))(moves.shift())
  : say({type: "score-request", id: "q1"});
socket.onopen = play;
socket.onmessage = (event) => {
  heard.push(JSON.parse(event.data));
  if (heard.at(-1).type !== "score") play();
  else fetch("/heard", {method: "POST", body: JSON.stringify(heard)});
};
</script>"""


@pytest.fixture
def sockets(tmp_path: Path) -> Iterator[str]:
    """Where the sockets of the running example are."""
    process = subprocess.Popen(
        [sys.executable, "app.py"],
        cwd=GAME,
        env={
            **os.environ,
            "PORT": "0",
            "DATABASE_URL": f"sqlite:///{tmp_path}/game.db",
        },
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    found = re.search(r"http(://\S+)", process.stdout.readline())
    assert found
    yield f"ws{found[1]}"
    process.terminate()
    assert process.wait(30) == 0
    process.stdout.close()


@pytest.fixture
def heard() -> Queue[list[dict[str, Any]]]:
    """What the browser says it has heard."""
    return Queue()


@pytest.fixture
def page(sockets: str, heard: Queue[list[dict[str, Any]]]) -> Iterator[str]:
    """A page that plays, from a server of its own on this machine."""

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write((PAGE % sockets).encode())

        def do_POST(self) -> None:
            heard.put(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            return None

    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_a_browser_plays_a_whole_game(
    page: str, heard: Queue[list[dict[str, Any]]], tmp_path: Path
) -> None:
    with browsing(page, tmp_path):
        told = heard.get(timeout=90)
    states = [one for one in told if one["type"] == "state"]
    assert [state["winner"] for state in states] == [*[None] * 4, "x"]
    assert states[-1]["board"] == ["x", "x", "x", "o", "o", "", "", "", ""]
    # A field that is taken is refused, and the game goes on.
    assert [one["code"] for one in told if "code" in one] == ["not_allowed"] * 2
    assert told[-1] == {"type": "score", "id": "q1", "x": 1, "o": 0, "draws": 0}
