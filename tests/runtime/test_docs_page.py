"""The page that shows a document: whole, and only shown."""

from __future__ import annotations

from runtime.docs_page import page

DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "<Toys>", "version": "1"},
    "paths": {
        "/toys/{id}": {
            "parameters": [{"$ref": "#/components/parameters/Id"}],
            "get": {"responses": {"404": {"$ref": "#/components/responses/Gone"}}},
        }
    },
    "components": {
        "parameters": {"Id": {"name": "id", "in": "path", "description": "Which."}},
        "responses": {"Gone": {"description": "There is no <such> toy."}},
    },
}


def test_what_a_reference_leads_to_is_shown_in_its_place() -> None:
    shown = page(DOCUMENT)
    assert "Which." in shown
    assert "There is no &lt;such&gt; toy." in shown
    assert "<Toys>" not in shown


def test_a_reference_that_leads_nowhere_shows_nothing() -> None:
    lost = {"$ref": "#/components/responses/Lost"}
    paths = {"/": {"get": {"responses": {"404": lost}, "parameters": [lost]}}}
    assert "404" in page({**DOCUMENT, "paths": paths})
