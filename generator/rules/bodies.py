"""Rules about bodies: what of a document's words for them nothing is made of."""

from __future__ import annotations

from collections.abc import Iterator

from generator.model import Api, Encoding, MediaType
from generator.problems import Place, Problem
from generator.rules.walk import resolved

FORM = "multipart/form-data"


def part_headers(api: Api) -> Iterator[Problem]:
    """Of the headers of a part a handler is told the content type and the name of the file."""
    for at, name, encoding in parts(api):
        if encoding.headers:
            told = ", ".join(header.name for header in encoding.headers)
            yield Problem(
                "not-supported",
                at / "headers",
                f'not supported yet: headers of the part "{name}" are not read: {told}',
                "make them properties of the form",
                "warning",
            )


def xml(api: Api) -> Iterator[Problem]:
    """Nothing is made of the schema of a body in XML; one place says it for all."""
    for content in contents(api):
        schema = content.schema
        if schema is None or not is_xml(content.content_type):
            continue
        if any(
            "object" in one.types or one.properties for one in resolved(api, schema)
        ):
            yield Problem(
                "xml-bytes",
                content.at.key(),
                "bodies in XML are read and written as bytes: their schemas say "
                "nothing to handlers and callers",
                "offer application/json too, or parse them in the handlers",
                "hint",
            )
            return


def contents(api: Api) -> Iterator[MediaType]:
    """What requests and answers are made of."""
    for operation in api.operations:
        if operation.body is not None:
            yield from operation.body.contents
        for response in operation.responses:
            yield from response.contents


def parts(api: Api) -> Iterator[tuple[Place, str, Encoding]]:
    """What is said of the parts of multipart requests, and where."""
    for operation in api.operations:
        for content in operation.body.contents if operation.body is not None else ():
            if content.content_type.lower().startswith(FORM):
                for name, encoding in content.encoding.items():
                    yield content.at / "encoding" / name, name, encoding


def is_xml(content_type: str) -> bool:
    name = content_type.partition(";")[0].strip().lower()
    return name.endswith(("/xml", "+xml"))
