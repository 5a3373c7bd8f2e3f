"""The smallest view of each template that only an API with messages needs."""

from __future__ import annotations

from typing import Any

from generator.targets.channels import ChannelsView, DeclarationView
from generator.targets.consumers import ConsumersView, ConsumerView
from generator.targets.publishers import PublishersView, PublisherView
from generator.targets.routes import RouteView
from generator.targets.scaffold_messages import MessageCaseView, MessageSuiteView

MESSAGE_VIEWS: dict[str, Any] = {
    "service/channels.py": ChannelsView(
        imports="from .runtime.channel import Channel",
        channels=(
            DeclarationView('TOYS_CHANNEL = Channel("toys", "toys")', '"""Toys."""'),
        ),
        messages=(
            DeclarationView(
                'TOY_MESSAGE: MessageKind[str] = MessageKind("toy", Json(str))', ""
            ),
        ),
    ),
    "service/consumers.py": ConsumersView(
        imports="from .runtime.consumer import Consumer",
        consumers=(
            ConsumerView(
                name="take",
                docstring='"""One message of take."""',
                run=("body, message = incoming.take(TOY_MESSAGE)",),
                returns="None",
                jobs=(),
                declaration="TAKE_CONSUMER: Consumer[Handlers] = Consumer()",
            ),
            ConsumerView(
                name="mend",
                docstring='"""One message of mend."""',
                run=(),
                returns="None",
                jobs=(
                    RouteView(
                        method="mend",
                        constant="MEND",
                        docstring="",
                        constants=("MEND_BODY: Body[str] = Body({})",),
                        inputs="tuple[str]",
                        read=("return (reader.body(MEND_BODY),)",),
                        run=("return message_reply(None, ())",),
                        job="Job",
                        declaration="MEND: AsyncOperation[Handlers] = AsyncOperation()",
                    ),
                ),
                declaration="MEND_CONSUMER: Consumer[Handlers] = Consumer()",
            ),
        ),
        all="(TAKE_CONSUMER, MEND_CONSUMER)",
        queued_operations="(MEND,)",
    ),
    "service/publishers.py": PublishersView(
        imports="from .runtime.publisher import Publisher",
        publishers=(
            PublisherView(
                declaration='SHOW: Publisher = Publisher("show", TOYS_CHANNEL, ())',
                signature="async def show(body: str) -> None",
                docstring='"""Show a toy."""',
                statement="await SHOW.send(body)",
            ),
        ),
        all="(SHOW,)",
    ),
    "project/test_messages.py": MessageSuiteView(
        imports="import pytest",
        handlers_class="ToysHandlers",
        arguments="tmp_path: Path",
        environment=('monkeypatch.setenv("KEY", "secret")',),
        calls=True,
        settings=('server_urls={"toys": called}',),
        serving="serving(app)",
        client="MessagingClient(broker_of(settings.broker_url))",
        tests=(
            MessageCaseView(
                "take", "messages: MessagingClient", ('messages.take("toy")',)
            ),
        ),
    ),
}
