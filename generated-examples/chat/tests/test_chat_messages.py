"""What people in a room and other servers see. Yours: gen wrote it once and never touches it again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from chat_client import models
from chat_client.sync import MessagingClient
from chat_service import Settings, broker_of, create_app, serving
from handlers import ChatHandlers


@contextmanager
def connected(folder: Path, name: str, broker: str) -> Iterator[MessagingClient]:
    """Somebody who is connected to a server of that name."""
    settings = Settings(
        database_url=f"sqlite:///{folder}/{name}.db",
        broker_url=broker,
        message_group=name,
        port=0,
    )
    app = create_app(ChatHandlers(), settings)
    with (
        serving(app) as url,
        MessagingClient(
            broker_of(broker), sockets=url.replace("http", "ws", 1)
        ) as client,
    ):
        yield client


@pytest.fixture
def broker(tmp_path: Path) -> str:
    """What the servers of one test have between them."""
    return f"memory://{tmp_path}"


@pytest.fixture
def client(tmp_path: Path, broker: str) -> Iterator[MessagingClient]:
    """Somebody who is connected to the only server there is."""
    with connected(tmp_path, "only", broker) as client:
        yield client


def said(name: str, text: str) -> models.Utterance:
    return models.Utterance(type="say", name=name, text=text)


def test_say_and_tell(client: MessagingClient) -> None:
    with client.tell(room="kitchen") as lines:
        client.say("kitchen", said("Ada", "Good morning!"))
        line = next(lines).body
    assert (line.name, line.text) == ("Ada", "Good morning!")


def test_relay_out(client: MessagingClient) -> None:
    with client.relay_out(room="kitchen") as lines:
        client.say("kitchen", said("Ada", "Anybody there?"))
        assert next(lines).body.text == "Anybody there?"


def test_relay_in_reaches_the_room(client: MessagingClient) -> None:
    with client.tell(room="kitchen") as lines:
        when = datetime(2026, 5, 1, tzinfo=UTC)
        client.relay_in(
            "kitchen", models.Line(type="line", name="Bob", text="Hello!", said=when)
        )
        assert next(lines).body.name == "Bob"


def test_ask_who_is_here(client: MessagingClient) -> None:
    with client.tell(room="kitchen") as lines:
        for name in ("Ada", "Bob", "Ada"):
            client.say("kitchen", said(name, "Hello!"))
            next(lines)
    answer = client.ask_who_is_here("kitchen", models.WhoIsHere(type="who", id="w1"))
    assert answer == models.People(type="people", id="w1", names=["Ada", "Bob"])


def test_what_is_said_on_one_server_is_heard_on_all(
    tmp_path: Path, broker: str
) -> None:
    with (
        connected(tmp_path, "one", broker) as ada,
        connected(tmp_path, "two", broker) as bob,
        ada.tell(room="kitchen") as heard_by_ada,
        bob.tell(room="kitchen") as heard_by_bob,
    ):
        ada.say("kitchen", said("Ada", "Who is over there?"))
        heard = [next(heard_by_ada).body, next(heard_by_bob).body]
    assert heard[0] == heard[1]
