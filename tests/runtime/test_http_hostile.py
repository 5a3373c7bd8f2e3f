"""The finished shop against requests that nobody means well: problems, never faults."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

PROJECT = Path(__file__).parent.parent.parent / "generated-examples/orders"
KEYS = b"X-API-Key: partner-key\r\nAuthorization: Bearer staff-token\r\n"
ID = b"12345678-1234-1234-1234-123456789012"

METHODS = (
    b"GET",
    b"POST",
    b"PUT",
    b"DELETE",
    b"PATCH",
    b"HEAD",
    b"OPTIONS",
    b"QUERY",
    b"X",
)
PATHS = (
    *(b"/orders", b"/orders/" + ID, b"/orders/" + ID + b"/shipment", b"/refunds"),
    *(
        b"/jobs",
        b"/jobs/job_x",
        b"/jobs/job_x/result",
        b"/jobs/job_x/events",
        b"/events",
    ),
    *(b"/jobs/job_x/cancel", b"/webhooks", b"/webhooks/x", b"/deliveries/x/redeliver"),
    *(b"/webhooks/x/test", b"/webhooks/x/replay", b"/webhooks/x/rotate-secret"),
    *(
        b"/callback-secret",
        b"/openapi.json",
        b"/docs",
        b"/healthz",
        b"/readyz",
        b"/",
        b"//",
    ),
)
BITS = (
    *(
        b"%",
        b"%zz",
        b"%ff",
        b"%00",
        b"%2e%2e%2f",
        b"%u0041",
        b"\xff",
        b"\xc3\x28",
        b"/",
    ),
    *(b"..", b";", b"{", b"}", b"%F0%9F%98%80", b"%ED%A0%80", b"+", b"*", b"a" * 3000),
    *(
        b"0",
        b"-1",
        b"9" * 400,
        b"1e999",
        b"NaN",
        b"null",
        b"true",
        b"[]",
        b'"',
        b"'",
        b"\\",
    ),
)
QUERIES = (
    *(
        b"",
        b"limit=",
        b"limit",
        b"limit=1&limit=2",
        b"limit=" + b"9" * 5000,
        b"limit=NaN",
    ),
    *(b"limit=1e3", b"limit=%ff", b"limit=%00", b"limit=0x10", b"status=%ff&status=a"),
    *(b"status[]=x", b"&&&=&", b"=", b"%=%", b"a" * 9000, b"wait=1e999", b"wait=-1"),
    *(b"wait=" + b"9" * 5000, b"version=%00", b"cursor=%ff", b"cursor=" + b"A" * 5000),
    *(b"cursor=e30", b"limit=\xd9\xa3", b"lastEventId=x", b"lastEventId=" + b"9" * 99),
    *(b"ticket=%ff", b"limit=1;status=2", b"+=+", b"status=" + b"a,b" * 500),
)
HEADERS = (
    *(b"X-A: " + b"a" * 20000, b"Prefer: wait=" + b"9" * 500, b"Prefer: wait=NaN"),
    *(b"Prefer: \xff", b'Prefer: ;;,,=="', b'If-None-Match: "', b"If-None-Match: \xff"),
    *(
        b"Idempotency-Key: \xff",
        b'Idempotency-Key: "',
        b"Idempotency-Key: " + b"k" * 9000,
    ),
    *(b"Idempotency-Key: ", b"traceparent: \xff", b"traceparent: 00-" + b"0" * 55),
    *(b"Last-Event-ID: \xff", b"Last-Event-ID: " + b"9" * 400, b"Last-Event-ID: -1"),
    *(
        b"Cookie: \xff=\xff; ;;=; a",
        b"Accept: \xff",
        b"Accept: */*;q=NaN",
        b"Range: bytes=-",
    ),
    *(b"Callback-Url: http://[", b"Callback-Url: \xff", b"Callback-Url: javascript:x"),
    *(b"Authorization: Bearer", b"Authorization: \xff", b"Authorization: Basic ====="),
    *(b"Authorization: Basic /w==", b"Content-Encoding: gzip", b"Expect: 100-continue"),
    *(
        b"X-Forwarded-For: \xff",
        b"X-Forwarded-Proto: \xff",
        b'Forwarded: for="',
        b"Host: \xff",
    ),
    *(
        b"Host: a b",
        b"Host: [",
        b"Host: 127.0.0.1:99999",
        b"Host: evil.example",
        b"Host: ",
    ),
)
TYPES = (
    *(
        b"application/json",
        b"application/json; charset=utf-16",
        b"application/json; charset=x",
    ),
    *(
        b'application/json; charset="',
        b"text/plain",
        b"\xff/\xff",
        b"",
        b"/",
        b"multipart/form-data",
    ),
    *(b"multipart/form-data; boundary=", b"multipart/form-data; boundary=x", b";;;"),
    *(b"application/x-www-form-urlencoded", b"application/json, application/json"),
)
BODIES = (
    *(
        b"",
        b"{",
        b"{}",
        b"[]",
        b"null",
        b"NaN",
        b"-Infinity",
        b"1e999",
        b'"\xff"',
        b"\x00",
    ),
    *(
        b"\xef\xbb\xbf{}",
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b"9" * 5000,
        b"9" * 100_000,
    ),
    *(b'{"item": NaN, "quantity": 1e999}', b'{"item": "\\ud800", "quantity": 1}'),
    *(
        b'{"item": "a\\u0000b", "quantity": 1}',
        b'{"item": "x", "quantity": ' + b"9" * 4999 + b"}",
    ),
    *(
        b'{"item": "x", "item": "y", "quantity": 1, "quantity": 2}',
        b'{"item": "\xed\xa0\x80"}',
    ),
    *(b'{"item": "x", "quantity": 1, "callbackUrl": "http://[::1"}',),
    *(b'{"item": "x", "quantity": 1, "callbackUrl": "\\ud800"}',),
    *(b'{"item": "x", "quantity": 1, "callbackUrl": "http://127.0.0.1:99999/"}',),
    *(b'{"item": "x", "quantity": 1, "callbackUrl": "http://a\\u0000b/"}',),
    *(
        b'{"url": "http://\\ud800/", "events": ["orderPlaced"]}',
        b'{"url": 1, "events": {}}',
    ),
    *(b'{"url": "https://%00/", "events": ["\\ud800"]}', b'{"carrier": "\\ud800"}'),
    *(b'{"orderId": "\\ud800", "amount": {"amount": "1e999", "currency": "\\u0000"}}',),
    *(
        "{}".encode("utf-16"),
        "{}".encode("utf-32"),
        b"{}" + b" " * 200_000,
        b"a=b&%ff=%",
    ),
    *(
        b"--x\r\n\r\n--x--",
        b"--x\r\nContent-Disposition: form-data\r\n\r\n\xff\r\n--x--",
    ),
)


def request(random: Random) -> bytes:
    """One request, wrong in a few ways."""
    path = random.choice(PATHS)
    for _ in range(random.choice((0, 0, 1, 2))):
        at = random.randrange(1, len(path) + 1)
        path = path[:at] + random.choice(BITS) + path[at:]
    query = random.choice((b"", b"?" + random.choice(QUERIES)))
    method, body = random.choice(METHODS), random.choice(BODIES)
    lines = [b"%b %b%b HTTP/1.1" % (method, path, query)]
    extra = random.choices(HEADERS, k=random.choice((0, 1, 3)))
    if not any(line.startswith(b"Host:") for line in extra):
        lines.append(b"Host: 127.0.0.1")
    lines += extra
    kind = random.choice((b"application/json", random.choice(TYPES)))
    lines += [b"Content-Type: " + kind, b"Connection: close"]
    keys = KEYS if random.random() < 0.8 else b""
    framed = random.choice(("length", "length", "chunks", "torn"))
    if framed == "length":
        lines.append(b"Content-Length: %d" % len(body))
    elif framed == "chunks":
        lines.append(b"Transfer-Encoding: chunked")
        body = b"".join(
            b"%x\r\n%b\r\n" % (1, body[n : n + 1]) for n in range(min(99, len(body)))
        )
        body += random.choice(
            (b"0\r\n\r\n", b"zz\r\n", b"-1\r\n\r\n", b"ffffffffff\r\n")
        )
    else:
        lines.append(b"Content-Length: %d" % (len(body) + 10))
    return b"\r\n".join(lines) + b"\r\n" + keys + b"\r\n" + body


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    """The port of a running shop, and its log."""
    folder = tmp_path_factory.mktemp("shop")
    log = folder / "log"
    environ = os.environ | {
        "PORT": "0",
        "DEVELOPMENT": "true",
        "STAFF_TOKEN": "staff-token",
        "PARTNER_KEY": "partner-key",
        "MAX_BODY": "150k",
        "DATABASE_URL": f"sqlite:///{folder}/shop.db",
    }
    with log.open("wb") as written:
        process = subprocess.Popen(
            [sys.executable, "app.py"],
            cwd=PROJECT,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=written,
        )
        assert process.stdout is not None
        banner = process.stdout.readline().decode()
        found = re.search(r"http://127\.0\.0\.1:(\d+)", banner)
        assert found, log.read_text()
        yield int(found[1]), log
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        process.stdout.close()


def answer(port: int, sent: bytes, pieces: int = 1) -> bytes:
    """All that comes back for some bytes, or what has come when nothing more does."""
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        size = len(sent) // pieces + 1
        try:
            for start in range(0, len(sent), size):
                connection.sendall(sent[start : start + size])
            connection.shutdown(socket.SHUT_WR)
            while part := connection.recv(65536):
                received += part
                if b"text/event-stream" in received:
                    break
        except OSError:
            pass
    return received


def is_sound(answered: bytes) -> bool:
    """A success, a redirect, or a problem; nothing where the request never ended."""
    head, _, body = answered.rpartition(b"HTTP/1.1 ")[2].partition(b"\r\n\r\n")
    if not answered:
        return True
    status = int(head[:3])
    # What is no HTTP at all never reaches the service: uvicorn answers it.
    if status < 400 or b"Invalid HTTP request" in body:
        return True
    if status == 500 or b"application/problem+json" not in head.lower():
        return False
    return not body or json.loads(body).get("status", status) == status


@pytest.mark.parametrize("group", range(10))
def test_no_request_is_too_bad_for_a_problem(
    shop: tuple[int, Path], group: int
) -> None:
    port, log = shop
    random = Random(group)
    for _ in range(60):
        sent = request(random)
        answered = answer(port, sent, random.choice((1, 1, 3)))
        assert is_sound(answered), (sent[:600], answered[:2000])
    assert "Traceback" not in log.read_text()


def test_bytes_that_are_no_request_are_no_fault(shop: tuple[int, Path]) -> None:
    port, log = shop
    random = Random(0)
    for _ in range(60):
        sent = random.randbytes(random.choice((1, 20, 2000))) + random.choice(
            (b"", b"\r\n\r\n")
        )
        assert is_sound(answer(port, sent)), sent
    assert "Traceback" not in log.read_text()
    assert b" 200 " in answer(
        port, b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    )
