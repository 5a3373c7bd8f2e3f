"""Drives an emitted service over HTTP and says what is wrong with its answers."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from real.emitted import Project
from real.raw import Document, Operation
from real.requests import CERTIFICATE, Request, Requests
from real.values import NoValue


def faults(
    project: Project, document: Document, folder: Path, nothing_fits: list[str]
) -> Iterator[str]:
    """Every operation whose answer is not what the document says.

    `nothing_fits` is told of those whose schemas leave no valid request.
    """
    service = import_module(f"{project.slug}_service")
    runtime = f"{project.slug}_service.runtime"
    caller = import_module(f"{runtime}.access").Caller
    everything = frozenset(document.scopes())
    handlers = import_module("app").app.service.handlers

    async def anybody(*credentials: str) -> Any:
        return caller("tester", everything)

    application = import_module(f"{project.slug}_service.application")
    for scheme in getattr(application, "SCHEMES", {}).values():
        setattr(handlers, scheme.method, anybody)
    settings = service.Settings(
        database_url=f"sqlite:///{folder}/test.db",
        port=0,
        development=True,
        client_certificate_header=CERTIFICATE,
    )
    with service.serving(service.create_app(handlers, settings)) as url:
        yield from _answers(url, document, nothing_fits)


def _answers(url: str, document: Document, nothing_fits: list[str]) -> Iterator[str]:
    requests = Requests(document)
    for operation in document.operations():
        try:
            for request in requests.of(operation):
                fault = _fault(url, document, operation, request)
                if fault:
                    yield f"{operation.name} ({request.note}): {fault}"
        except NoValue:
            nothing_fits.append(operation.name)
        yield from _unknown(url, document, operation, requests)


def _fault(
    url: str, document: Document, operation: Operation, request: Request
) -> str | None:
    status, headers, body = sent(url, request)
    declared = document.statuses(operation)
    if status == 202 and "operation-location" in headers:
        return _job_fault(headers["operation-location"])
    if not declared:
        return None if status < 300 else f"{status}: {body}"
    fits = str(status) in declared or f"{status // 100}XX" in map(str.upper, declared)
    by_default = "default" in declared and status not in (404, 405) and status < 500
    good = [s for s in declared if s[0] in "123" or s == "default"]
    if not fits and not by_default or (good and status >= 400):
        return f"{status}: {body}"
    return None


def _job_fault(monitor: str) -> str | None:
    """What is wrong with how a job ended."""
    request = Request("GET", urlsplit(monitor).path, query=["wait=2"])
    request.headers["Authorization"] = "Bearer secret"
    for _ in range(20):
        status, _, body = sent(monitor, request)
        if status == 304:
            continue
        if status != 200:
            return None if status == 401 else f"the job's status: {status} {body}"
        job = json.loads(body)
        if job["done"]:
            ended = job["status"]
            return None if ended == "succeeded" else f"the job {ended}: {job['error']}"
        request.query = ["wait=2", f"version={job['version']}"]
    return "the job did not end"


def _unknown(
    url: str, document: Document, operation: Operation, requests: Requests
) -> Iterator[str]:
    """Nobody comes in without credentials where they are asked for."""
    security = document.security(operation)
    if not security or {} in security:
        return
    if all(
        document.schemes()[name].value["type"] == "mutualTLS"
        for needs in security
        for name in needs
    ):
        return
    status, _, body = sent(url, Request(operation.method, "".join(_plain(operation))))
    if status not in (401, 403, 404):
        yield f"{operation.name}: {status} without credentials: {body}"


def _plain(operation: Operation) -> Iterator[str]:
    for count, part in enumerate(operation.path.split("{")):
        yield part if not count else "1" + part.partition("}")[2]


def sent(url: str, request: Request) -> tuple[int, dict[str, str], str]:
    """Status, headers and the beginning of the body that answer a request."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
    try:
        connection.putrequest(request.method, request.target)
        for name, value in request.headers.items():
            connection.putheader(name, value.encode("utf-8"))
        if request.body is not None:
            connection.putheader("Content-Length", str(len(request.body)))
        connection.endheaders(request.body)
        answer = connection.getresponse()
        headers = {name.lower(): value for name, value in answer.getheaders()}
        stream = headers.get("content-type", "").startswith("text/event-stream")
        body = "" if stream else answer.read().decode("utf-8", "replace")
        return answer.status, headers, body[:4000]
    finally:
        connection.close()
