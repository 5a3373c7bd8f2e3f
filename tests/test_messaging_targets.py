"""What an API with messages becomes: names, channels, consumers, publishers, handlers, application."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest

from generator.build import Checked, check
from generator.render import draft

FOLDER = Path(__file__).parent / "messages"
NASTY = Path(__file__).parent / "nasty_messaging"


@cache
def made(*names: str) -> dict[str, str]:
    """Every file of the project of these documents, but for the runtime."""
    return {
        file.path.removeprefix("orders_").removeprefix("rooms_"): draft(file).text
        for file in checked(*names).plan.files
        if "/runtime/" not in file.path
    }


@cache
def nasty(name: str) -> dict[str, str]:
    """The files of a difficult document's project, by the last part of their path."""
    files = check(NASTY / f"{name}.yaml").plan.files
    own = [file for file in files if "/runtime/" not in file.path]
    return {file.path.partition("_service/")[2]: draft(file).text for file in own}


@cache
def checked(*names: str) -> Checked:
    return check([FOLDER / name for name in names])


def test_a_message_is_read_into_the_arguments_of_its_handler() -> None:
    handlers = made("orders.yaml")["service/handlers.py"]
    wanted = "async def place_order(\n        self, shop: str, body: models.NewOrder, job: Job\n    ) -> models.Order | models.OrderFailed:"
    assert wanted in handlers


def test_an_asynchronous_exchange_is_an_operation_of_the_job_engine() -> None:
    consumers = made("orders.yaml")["service/consumers.py"]
    assert 'method="MESSAGE"' in consumers
    assert 'keeps=frozenset(["priority", "trace"])' in consumers
    assert "policy=Policy(attempts=5)" in consumers
    assert "= (PLACE_ORDER, FIRE_ORDER)" in consumers


def test_what_tells_that_a_job_was_taken_is_no_result_of_its_handler() -> None:
    consumers = made("orders.yaml")["service/consumers.py"]
    assert (
        "message_reply(\n        result, (ORDER_MESSAGE, ORDER_FAILED_MESSAGE)"
        in consumers
    )
    assert "ACCEPTED_MESSAGE" in consumers


def test_a_reply_that_is_called_an_error_ends_its_job_as_failed() -> None:
    consumers = made("orders.yaml")["service/consumers.py"]
    replies = "(ORDER_MESSAGE, ORDER_FAILED_MESSAGE), (ORDER_FAILED_MESSAGE,)"
    assert replies in consumers


def test_a_header_that_is_no_text_is_read_as_what_it_is() -> None:
    channels = made("orders.yaml")["service/channels.py"]
    assert 'header_kinds={"priority": "integer"}' in channels


def test_a_message_that_goes_both_ways_has_a_kind_for_each() -> None:
    channels = made("orders.yaml")["service/channels.py"]
    assert "\nA_MESSAGE: MessageKind[models.A]" in channels
    assert "\nA_MESSAGE_SENT: MessageKind[models.A]" in channels


def test_a_publisher_of_several_kinds_takes_required_headers_with_the_body() -> None:
    publishers = made("orders.yaml")["service/publishers.py"]
    assert "body: models.A | WithHeaders[models.B, models.BHeaders]" in publishers


def test_a_publisher_with_a_reply_gives_what_is_answered() -> None:
    publishers = made("orders.yaml")["service/publishers.py"]
    assert "ASK_STOCK: Publisher[int] = Publisher(" in publishers
    assert "timeout: float = 30.0" in publishers


def test_a_service_without_http_operations_has_no_routes_of_its_own() -> None:
    files = made("orders.yaml")
    application = files["service/application.py"]
    assert "service/routes.py" not in files
    assert "service/openapi.json" not in files
    assert "ROUTES" not in application.replace("_routes", "")
    assert "*health_routes()" in application
    assert "*job_routes()" in application
    assert "docs_routes(DOCUMENT" not in application
    assert 'CARRIERS: dict[str, str] = {"amqp": "rabbit_carrier"}' in application


def test_the_document_is_in_the_package_without_references_to_other_files() -> None:
    document = json.loads(made("orders.yaml")["service/asyncapi.json"])
    assert document["operations"]["placeOrder"]["action"] == "receive"


def test_an_operation_of_both_carriers_is_one_handler_and_one_job() -> None:
    files = made("orders-http.yaml", "orders.yaml")
    handlers, consumers = files["service/handlers.py"], files["service/consumers.py"]
    assert handlers.count("async def place_order(") == 1
    assert "from .routes import PLACE_ORDER" in consumers
    assert "operation=PLACE_ORDER" in consumers
    assert "= (FIRE_ORDER,)" in consumers
    application = files["service/application.py"]
    assert "(*ASYNC_OPERATIONS, *QUEUED_OPERATIONS)" in application
    assert {"service/openapi.json", "service/asyncapi.json"} <= set(files)


def test_stubs_name_every_operation_and_every_message() -> None:
    stubs = checked("orders-http.yaml", "orders.yaml").plan.stubs
    assert list(stubs) == ["placeOrder", "fireOrder"]
    assert "body: models.A | models.B, job: Job" in stubs["fireOrder"]()


def test_sockets_and_http_are_carried_by_the_application_itself() -> None:
    application = made("rooms.yaml")["service/application.py"]
    assert 'sockets = SocketCarrier((ROOM_CHANNEL,), prefixes={"room": "/live"})' in (
        application
    )
    assert '(DOCS_CHANNEL,), (), security={"docs": ((Need("token"),),)}' in application
    assert "*sockets.routes()" in application
    assert "*web.routes()" in application
    assert "sockets=sockets" in application and "http=web" in application


def test_only_schemes_that_callers_show_themselves_with_are_asked_for() -> None:
    handlers = made("rooms.yaml")["service/handlers.py"]
    assert "async def authenticate_token(" in handlers
    assert "authenticate_unused" not in handlers


def test_a_channel_over_http_may_be_where_no_page_of_ours_is() -> None:
    problems = checked("rooms.yaml").problems
    application = made("rooms.yaml")["service/application.py"]
    assert "asyncapi_routes(MESSAGING_DOCUMENT)" in application
    assert not [one for one in problems if one.code == "paths-moved"]


@pytest.mark.parametrize("method", ["place_order", "fire_order", "shipped_out"])
def test_every_exchange_has_a_test(method: str) -> None:
    tests = made("orders.yaml")["tests/test_orders_messages.py"]
    assert f"def test_{method}(" in tests


def test_the_reference_shows_how_each_message_goes() -> None:
    reference = made("orders.yaml")["REFERENCE.md"]
    assert reference.count("sequenceDiagram") == 4
    assert "| placeOrder | receives, async | `orders.{shop}.new` |" in reference


def test_a_channel_that_only_has_a_name_is_heard_at_that_name(tmp_path: Path) -> None:
    text = """
asyncapi: 3.0.0
info: {title: T, version: "1"}
channels: {"a/{b}": {messages: {m: {payload: {type: string}}}}}
operations: {take: {action: receive, channel: {$ref: "#/channels/a~1{b}"}}}
"""
    path = tmp_path / "named.yaml"
    path.write_text(text)
    files = {file.path: file for file in check(path).plan.files}
    channels = draft(files["t_service/channels.py"]).text
    assert 'Channel("a/{b}", "a/{b}")' in channels
    assert (
        "def take(self, b: str, body: str" in draft(files["t_service/handlers.py"]).text
    )


def test_what_is_sent_to_no_known_address_is_given_one() -> None:
    publishers = nasty("answers-anywhere")["publishers.py"]
    assert "async def whisper(\n    body: str,\n    *,\n    address: str," in publishers
    assert '{"address": address}' in publishers


def test_a_channel_without_messages_carries_bytes() -> None:
    handlers = nasty("answers-anywhere")["handlers.py"]
    assert "async def hush(self, body: bytes, message: Message) -> None" in handlers


def test_the_http_method_of_an_operation_is_that_of_its_channel() -> None:
    assert '{"http": {"method": "PUT"}}' in nasty("web-and-trees")["channels.py"]


def test_a_message_that_no_example_fits_is_left_to_the_user(tmp_path: Path) -> None:
    text = """
asyncapi: 3.0.0
info: {title: T, version: "1"}
channels:
  a:
    address: a
    messages: {m: {payload: {oneOf: [{type: string}, {type: string}]}}}
operations: {take: {action: receive, channel: {$ref: "#/channels/a"}}}
"""
    path = tmp_path / "both.yaml"
    path.write_text(text)
    files = {file.path: file for file in check(path).plan.files}
    suite = draft(files["tests/test_t_messages.py"]).text
    assert 'pytest.skip("give an example of m that the document allows")' in suite
