"""The parts of a multipart body (RFC 7578)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from .problem import HttpProblem

FIELD = re.compile(r';\s*([\w!#$%&\'*+.^`|~-]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)')
MOST = 10_000


@dataclass(frozen=True, slots=True)
class Part:
    """One part; a file has a name."""

    name: str
    content: bytes
    file_name: str | None = None
    content_type: str | None = None


def parts_of(body: bytes, boundary: str) -> Iterator[Part]:
    """The parts in order; raises HttpProblem 400 for what is no multipart body."""
    if not boundary:
        raise broken("its content type names no boundary")
    mark = b"\r\n--" + boundary.encode("latin-1", "replace")
    pieces = (b"\r\n" + body).split(mark, MOST)
    if len(pieces) > MOST:
        raise broken(f"it has more than {MOST} parts")
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        raise broken("its last boundary is missing")
    for piece in pieces[1:-1]:
        yield part_of(piece)


def part_of(piece: bytes) -> Part:
    head, blank, content = piece.lstrip(b" \t").partition(b"\r\n\r\n")
    if not blank:
        raise broken("a part has no end of its headers")
    headers = headers_of(head)
    fields = fields_of(headers.get("content-disposition", ""))
    if "name" not in fields:
        raise broken("a part has no name")
    return Part(
        fields["name"], content, file_name_of(fields), headers.get("content-type")
    )


def headers_of(head: bytes) -> dict[str, str]:
    lines = head.decode("utf-8", "replace").split("\r\n")
    halves = (line.partition(":") for line in lines if ":" in line)
    return {name.strip().lower(): value.strip() for name, _, value in halves}


def fields_of(disposition: str) -> dict[str, str]:
    return {name.lower(): text(value) for name, value in FIELD.findall(disposition)}


def text(value: str) -> str:
    """A field's text; browsers escape quotes with %22, others with a backslash."""
    if value[:1] != '"':
        return value.strip()
    plain = re.sub(r"\\([\"\\])", r"\1", value[1:-1])
    return re.sub("%22|%0[AaDd]", lambda found: unquote(found[0]), plain)


def file_name_of(fields: dict[str, str]) -> str | None:
    """The name of a part's file, without any path."""
    name = fields.get("filename")
    extended = fields.get("filename*", "")
    if extended.lower().startswith("utf-8'"):
        name = unquote(extended.split("'", 2)[-1])
    return None if name is None else re.split(r"[/\\]", name)[-1]


def broken(why: str) -> HttpProblem:
    return HttpProblem(400, detail=f"The multipart body cannot be read: {why}")
