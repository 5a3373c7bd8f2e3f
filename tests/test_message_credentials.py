"""What an emitted client of messages shows to the sockets and HTTP channels that ask who it is."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from generator.build import build

HERE = Path(__file__).parent
sys.path += [str(HERE / "runtime"), str(HERE / "client")]
from building import importable  # noqa: E402
from runtime.credentials import ApiKey, Basic, Bearer, Scheme  # noqa: E402
from runtime.showing import Showing  # noqa: E402
from runtime.testing import serving  # noqa: E402

SCHEMES: dict[str, Scheme] = {
    "token": Bearer(),
    "pair": Basic(),
    "key": ApiKey("query", "api key"),
    "cookie": ApiKey("cookie", "session"),
}
SECURITY = {
    "rooms/{id}": (("token",), ("key", "cookie")),
    "/lobby": (("pair",),),
}


def test_a_channel_is_shown_what_it_asks_for_and_nothing_more() -> None:
    show = Showing(SCHEMES, {"token": "t", "pair": ("ann", "pw")}, SECURITY)
    assert show("/rooms/7") == ({"Authorization": "Bearer t"}, {})
    assert show("lobby") == ({"Authorization": "Basic YW5uOnB3"}, {})
    assert show("/elsewhere") == ({}, {})


def test_another_alternative_is_met_where_the_first_is_not() -> None:
    show = Showing(SCHEMES, {"key": "a&b", "cookie": "c"}, SECURITY)
    assert show("/rooms/7") == ({"Cookie": "session=c"}, {"api key": "a&b"})
    assert show("/lobby") == ({}, {})


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("keys")
    build(HERE / "nasty_messaging" / "sockets-with-keys.yaml", folder).apply()
    names = ("sockets_with_keys_service", "sockets_with_keys_client")
    with importable(folder, names[0]), importable(folder, names[1]):
        yield


@pytest.fixture
def url(project: None, tmp_path: Path) -> Iterator[str]:
    service = importlib.import_module("sockets_with_keys_service")

    class Handlers(service.Handlers):  # type: ignore[misc, name-defined]
        async def say(self, *arguments: Any) -> int:
            return 1

        async def greet(self, *arguments: Any) -> str:
            return "welcome"

        async def authenticate_bearer(self, token: str) -> Any:
            return service.Caller("ann") if token == "right" else None

        async def authenticate_key(self, key: str) -> Any:
            return service.Caller("bob") if key == "key" else None

    settings = service.Settings(
        database_url=f"sqlite:///{tmp_path}/keys.db", broker_url=f"memory://{tmp_path}"
    )
    with serving(service.create_app(Handlers(), settings)) as url:
        yield url.replace("http", "ws", 1) + "/v1/live"


def test_each_socket_opens_with_its_own_credential(url: str) -> None:
    client = importlib.import_module("sockets_with_keys_client")
    sync = importlib.import_module("sockets_with_keys_client.sync")
    with sync.Client(url, bearer="right", key="key") as messages:
        assert messages.say("a1", client.models.Say(say="hello")) == 1
        assert messages.greet(["hello"]) == "welcome"


@pytest.mark.parametrize("shown", [{}, {"bearer": "wrong"}, {"key": "key"}])
def test_without_it_the_socket_does_not_open(url: str, shown: dict[str, str]) -> None:
    client = importlib.import_module("sockets_with_keys_client")
    sync = importlib.import_module("sockets_with_keys_client.sync")
    with sync.Client(url, **shown) as messages:
        with pytest.raises(client.errors.ConnectionFailed):
            messages.say("a1", client.models.Say(say="hello"))
