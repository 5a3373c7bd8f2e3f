"""Callers who are known by the certificate that a proxy passes on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from runtime.access import Caller, ClientCertificate, Need
from runtime.application import Application
from runtime.lifespan import Lifespan
from runtime.service import Service
from runtime.settings import Settings
from runtime.testing import serving

SECURITY = ((Need("tls"),),)


class People(Lifespan):
    """Knows one certificate."""

    async def authenticate_tls(self, certificate: str) -> Caller | None:
        return Caller("ada") if certificate == ":YWRh:" else None


async def who(request: Request) -> Response:
    service: Service[People] = Service.of(request)
    return JSONResponse((await service.authenticate(request, SECURITY)).id)


@contextmanager
def served(header: str | None) -> Iterator[str]:
    settings = Settings(client_certificate_header=header)
    schemes = {"tls": ClientCertificate("authenticate_tls")}
    service = Service(People(), settings, schemes=schemes)
    routes = [Route("/who", who)]
    with serving(Application(service, routes, title="T", version="1")) as url:
        yield f"{url}/who"


def test_the_proxys_header_says_who_is_calling() -> None:
    with served("Client-Cert") as url:
        known = httpx2.get(url, headers={"Client-Cert": ":YWRh:"})
        unknown = httpx2.get(url, headers={"Client-Cert": ":Ym9i:"})
        nobody = httpx2.get(url)
    assert (known.status_code, known.json()) == (200, "ada")
    assert unknown.status_code == nobody.status_code == 401


def test_nobody_is_believed_while_no_header_is_named() -> None:
    with served(None) as url:
        answer = httpx2.get(url, headers={"Client-Cert": ":YWRh:"})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Mutual"
