"""What the page of an AsyncAPI document shows."""

from __future__ import annotations

import re
from typing import Any

from runtime.asyncapi_page import page


def document(**more: Any) -> dict[str, Any]:
    """One operation that receives one message."""
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Lamps", "version": "1"},
        "channels": {
            "lamps": {
                "address": "lamps.{id}",
                "messages": {"turned": {"$ref": "#/components/messages/turned"}},
            }
        },
        "operations": {
            "turn": {
                "action": "receive",
                "channel": {"$ref": "#/channels/lamps"},
                **more.pop("operation", {}),
            }
        },
        "components": {"messages": {"turned": {"title": "A <lamp> was turned"}}},
        **more,
    }


def headings(shown: str) -> list[str]:
    return re.findall("<h3>(.*?)</h3>", shown)


def test_an_operation_is_shown_with_its_address_and_messages() -> None:
    shown = page(document())
    assert headings(shown) == ["<b>turn</b> lamps.{id}"]
    assert "<th>turned</th>" in shown
    assert "A &lt;lamp&gt; was turned" in shown


def test_the_messages_of_an_operation_are_those_that_it_names() -> None:
    named = [{"$ref": "#/channels/lamps/messages/turned"}]
    assert "<th>turned</th>" in page(document(operation={"messages": named}))
    assert "<th>turned</th>" not in page(document(operation={"messages": []}))


def test_only_what_becomes_a_job_is_marked() -> None:
    for marked, root, is_marked in (
        ("async", None, True),
        ({"type": "auto"}, None, True),
        ({"attempts": 5}, None, False),
        ({"attempts": 5}, "async", True),
        ("sync", {"type": "async"}, False),
    ):
        shown = page(
            document(operation={"x-processing": marked}, **{"x-processing": root})
        )
        assert ("mark" in headings(shown)[0]) is is_marked, (marked, root)
