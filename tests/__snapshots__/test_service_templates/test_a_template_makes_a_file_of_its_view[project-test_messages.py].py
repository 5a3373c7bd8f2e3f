"""What the service does with messages. Yours: gen wrote it once and never touches it again."""

import pytest


@pytest.fixture
def handlers() -> ToysHandlers:
    """What the service calls."""
    return ToysHandlers()


@pytest.fixture
def calls() -> CallReceiver:
    """What the service calls over HTTP."""
    return CallReceiver()


@pytest.fixture
def called(calls: CallReceiver) -> Iterator[str]:
    """Where that is."""
    with serving(calls) as url:
        yield url


@pytest.fixture
def messages(handlers: ToysHandlers, tmp_path: Path) -> Iterator[MessagingClient]:
    """A client of a service that runs as long as the test."""
    monkeypatch.setenv("KEY", "secret")
    settings = Settings(
        database_url=f"sqlite:///{tmp_path}/test.db",
        broker_url=f"memory://{tmp_path}",
        port=0,
        server_urls={"toys": called},
    )
    app = create_app(handlers, settings)
    with serving(app), MessagingClient(broker_of(settings.broker_url)) as messages:
        yield messages


def test_take(messages: MessagingClient) -> None:
    messages.take("toy")
