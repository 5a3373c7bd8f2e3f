"""kill -9 in the middle of everything: every job ends, no callback is lost, and a double has its first one's id."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

KILLS = 10
PROMISES = range(100, 150)
"""How many ids a life acknowledges before it is killed, or a few more: at least 1,000 in all."""
PROGRAM = Path(__file__).with_name("delivery_program.py")
TEMPLATES = Path(__file__).parents[2] / "templates"


class Receiver(ThreadingHTTPServer):
    """Takes callbacks, though not every time, and remembers the ids each job's came with."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, chance: random.Random) -> None:
        super().__init__(("127.0.0.1", 0), Callbacks)
        self.chance = chance
        self.ids: dict[str, list[str]] = defaultdict(list)
        self.lock = threading.Lock()

    def took(self, job: str, id: str) -> bool:
        with self.lock:
            # One of five fails after it has been noted, as if its answer had been lost.
            self.ids[job].append(id)
            return self.chance.random() > 0.2


class Callbacks(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        assert isinstance(self.server, Receiver)
        body = self.rfile.read(int(self.headers["content-length"]))
        took = self.server.took(body.decode(), self.headers["webhook-id"])
        self.send_response(204 if took else 500)
        self.send_header("content-length", "0")
        self.end_headers()

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except OSError:
            # Its sender was killed.
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def receiving(chance: random.Random) -> Iterator[Receiver]:
    receiver = Receiver(chance)
    thread = threading.Thread(target=receiver.serve_forever)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.shutdown()
        thread.join()
        receiver.server_close()


@contextmanager
def living(database: Path, url: str, jobs: int) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, str(PROGRAM), str(database), url, str(jobs)]
    environment = {**os.environ, "PYTHONPATH": str(TEMPLATES)}
    program = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=environment
    )
    try:
        yield program
    finally:
        program.send_signal(signal.SIGKILL)
        program.wait()


def promised(program: subprocess.Popen[str], count: int, pause: float) -> list[str]:
    """The ids that were acknowledged before a kill: so many at least, and what came in the pause."""
    assert program.stdout is not None
    first = "".join(program.stdout.readline() for _ in range(count))
    time.sleep(pause)
    program.send_signal(signal.SIGKILL)
    whole = first + program.stdout.read()
    program.stdout.close()
    return [line for line in whole.split("\n")[:-1] if line]


def states(database: Path) -> dict[str, str]:
    """Every job that the database knows, and how it is."""
    with closing(sqlite3.connect(database)) as opened:
        return dict(opened.execute("SELECT id, status FROM jobs"))


def test_killing_the_service_loses_no_callback_and_doubles_none_under_another_id(
    tmp_path: Path,
) -> None:
    seed = int(os.environ.get("GEN_SEED", random.randrange(10**6)))
    print(f"GEN_SEED={seed}")
    chance = random.Random(seed)
    database = tmp_path / "jobs.db"
    jobs: list[str] = []
    with receiving(random.Random(seed)) as receiver:
        url = f"http://127.0.0.1:{receiver.server_port}"
        for _ in range(KILLS):
            with living(database, url, 2 * PROMISES.stop) as program:
                count, pause = chance.choice(PROMISES), chance.uniform(0, 0.2)
                jobs += promised(program, count, pause)
        early = set(jobs) - set(receiver.ids)
        with living(database, url, 0) as program:
            until = time.monotonic() + 60
            while set(jobs) - set(receiver.ids) and time.monotonic() < until:
                time.sleep(0.05)
            time.sleep(0.3)
            assert program.stdout is not None
            program.stdout.close()
    doubles = sum(len(ids) - 1 for ids in receiver.ids.values())
    print(
        f"{len(jobs)} jobs, {len(early)} callbacks after the last kill, {doubles} more"
    )
    ends = states(database)
    assert len(set(jobs)) == len(jobs) >= 1000
    assert {ends[job] for job in jobs} == {"succeeded"}
    assert not set(jobs) - set(receiver.ids)
    assert doubles
    assert all(len(set(ids)) == 1 for ids in receiver.ids.values())
