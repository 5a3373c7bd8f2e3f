"""What is wrong with a document, where, and how it is shown; the register of every worded code."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

from generator.value import dataclass


class Place(NamedTuple):
    """A value in a document: the file as the user knows it, and the keys that lead to the value.

    `on_key` means the key itself rather than the value behind it.
    """

    file: str
    path: tuple[str | int, ...] = ()
    on_key: bool = False

    def __truediv__(self, key: str | int) -> Place:
        return Place(self.file, (*self.path, key))

    def key(self) -> Place:
        """The same place, pointing at its key."""
        return Place(self.file, self.path, True)


@dataclass(frozen=True, slots=True)
class Span:
    """Characters on one line of a file; line and column count from 1, length from 0."""

    file: str
    line: int
    column: int
    length: int
    text: str
    """The whole line, without its line end."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a document, in the user's words; `code` is in CODES."""

    code: str
    at: Place | Span
    message: str
    help: str | None = None
    severity: str = "error"
    """`error` stops the build, `warning` does not (unless --strict), `hint` is only shown."""


class Spans(Protocol):
    """What knows where places stand: the loaded documents."""

    @property
    def files(self) -> Sequence[str]: ...

    def span(self, place: Place) -> Span: ...


class Refused(Exception):
    """The documents have problems: nothing was made of them."""

    def __init__(self, problems: list[Problem], documents: Spans | None = None) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = problems
        self.documents = documents


MAX_WIDTH = 100
"""Longer source lines are shown as a window around the caret."""

MOST = 200
"""More problems than these nobody reads: of the others only the number is shown."""

TAB = "    "

CODES: dict[str, str] = {
    # loading
    "missing-file": "there is no file of that name",
    "unreadable-file": "the file is a folder, or may not be read",
    "document-too-large": "the file is larger than 64 MB",
    "document-too-deep": "more than 200 collections stand inside each other",
    "empty-document": "the file holds nothing",
    "several-documents": "the file holds several YAML documents",
    "not-utf-8": "the file is not UTF-8 text",
    "invalid-character": "a control character, or half of one, stands in the text",
    "invalid-yaml": "the text is not YAML",
    "invalid-json": "the text is not JSON",
    "invalid-number": "a number that JSON cannot carry: infinite, not a number, or endless",
    "invalid-key": "a key that is not text",
    "invalid-merge": "<< merges something that is no mapping",
    "duplicate-key": "a key is given twice in one mapping",
    "unknown-alias": "a YAML alias without its anchor",
    "recursive-alias": "a YAML alias inside what it stands for",
    "alias-bomb": "YAML aliases that stand for more than a million values",
    "unknown-tag": "a YAML tag that means nothing in an API document",
    # references
    "unresolved-reference": "a $ref whose target does not exist",
    "invalid-reference": "a $ref that is no URI, or leads to something that is no object",
    "circular-reference": "a $ref that leads only back to itself",
    "remote-reference": "a $ref to another host, which is not read",
    # shape
    "not-an-api": "the document is neither OpenAPI nor AsyncAPI",
    "swagger-2": "the document is written in Swagger 2, which must be converted first",
    "unsupported-version": "a version of OpenAPI or AsyncAPI that is not read",
    "same-format": "two documents of one format, where one of each make an API",
    "not-supported": "something valid that is not generated yet",
    "missing-field": "an object lacks a field that it must have",
    "unknown-field": "an object has a field that the specification does not know",
    "wrong-type": "a value has another type than it must have",
    "wrong-value": "a value is not one of those allowed there",
    "duplicate-value": "a list names the same thing twice",
    "conflicting-fields": "two fields exclude each other, or one needs the other",
    "unquoted-text": "text that YAML reads as a number, since it has no quotes",
    "unknown-dialect": "schemas in a dialect of JSON Schema that is not known",
    # x-processing
    "unknown-processing": "x-processing has a key or value that it does not know",
    "misplaced-processing": "x-processing stands where it means nothing",
    "own-202": "an asynchronous operation describes a 202 that we fill in our way",
    "unmarked-202": "an operation answers 202 but is not marked as async",
    "idle-processing": "a key of x-processing says nothing of this type of operation",
    # meaning
    "async-without-result": "an async operation declares no success response, its result",
    "callback-without-address": "a callback whose expression holds no address",
    "closed-part": "a closed part of an allOf refuses what the other parts add",
    "crowded-header": "two credentials are asked for that stand in one header",
    "discriminator-without-property": "a schema lacks the property that tells it apart",
    "duplicate-operation-id": "two operations have the same operationId",
    "duplicate-parameter": "a parameter is given twice",
    "endless-schema": "a schema that only an endless value could satisfy",
    "ignored-nullable": "a schema of OpenAPI 3.1 says nullable, a word of 3.0",
    "ignored-parameter": "a parameter that OpenAPI ignores, or security says already",
    "ignored-siblings": "fields beside a $ref, which OpenAPI 3.0 ignores",
    "impossible-type": "a schema's type is that of none of its alternatives",
    "invalid-name": "an x-python-name that cannot be a name in Python",
    "malformed-expression": "a runtime expression that cannot be read",
    "name-collision": "two things would have the same name in Python",
    "no-example": "a schema of which nothing is known that fits it",
    "no-success": "an operation declares no success response",
    "path-collision": "one of the document's paths is one that we add",
    "paths-moved": "the paths that we add were moved out of the way of the document's",
    "queried-path": "a path with a query or a fragment, which belong to no path",
    "repeated-parameter": "a path names a parameter twice",
    "same-path": "two paths differ only in the names of their parameters, and no request tells which is meant",
    "shared-field": "a field of the query is read for two parameters",
    "sloppy-expression": "a runtime expression without its dollar sign",
    "undeclared-parameter": "a path names a parameter that nothing declares",
    "undeclared-property": "a required property that no schema declares",
    "unfit-default": "a default that does not fit its schema",
    "unfit-enum": "a value of an enum that does not fit its schema",
    "unfit-example": "an example that does not fit its schema",
    "unfit-webhook": "a webhook that goes out with a result has another payload",
    "unknown-mapping": "a discriminator maps a value to no schema",
    "unknown-operation": "a link leads to an operation that does not exist",
    "unknown-scope": "a scope that the security scheme does not declare",
    "unknown-security-scheme": "a security requirement names a scheme that does not exist",
    "unknown-webhook": "x-processing names a webhook that does not exist",
    "unresolved-callback": "a callback's expression leads to nothing in the request",
    "untold-failure": "a caller is told of success but not of failure",
    "unused-parameter": "a parameter that the path or address does not name",
    "whole-reference": "a $ref that stands for a whole mapping",
    "xml-bytes": "a body in XML is read and written as bytes",
    # messages
    "auto-message": "an operation on messages is marked auto, which means async there",
    "avro-as-json": "a message described in Avro is written as JSON",
    "broker-credentials": "credentials that the broker asks for, not the service",
    "carriers-differ": "one operation over HTTP and by messages, but not the same in both",
    "conflicting-reply": "a reply has an address in its channel and another in the request",
    "duplicate-message": "two messages of a channel have the same name",
    "echoed-reply": "the application sends to where it waits for replies",
    "foreign-message": "an operation names a message that its channel does not have",
    "headers-not-object": "the headers of a message are no object",
    "idle-binding": "a binding to a protocol that no server speaks",
    "ignored-binding": "a field of a binding that nothing is made of",
    "ignored-parameter-schema": "a schema asks more of a parameter than is checked",
    "invalid-avro": "an Avro schema that cannot be read",
    "invalid-protobuf": "a Protobuf schema that cannot be read",
    "missing-library": "reading the document needs a library that is not installed",
    "mixed-protocols": "a channel on servers of several kinds",
    "same-address": "two channels are at one address of one server",
    "unaddressed-channel": "a channel is used whose address is not known",
    "unaddressed-reply": "nothing in the document says where a reply goes",
    "undeclared-variable": "a server's address names a variable that nothing declares",
    "unfit-address": "a channel's address cannot be one",
    "unfit-binding": "a binding asks for what its protocol does not have",
    "unknown-protocol": "a server's protocol has no carrier",
    "unknown-server": "a channel names a server that does not exist",
    "unreachable-reply": "a request and its reply have no server in common",
    "unresolved-location": "a runtime expression leads to nothing in the message",
    "untold-result": "an asynchronous operation on messages has no reply",
    "untyped-message": "a message does not say what it carries",
    "untold-schema-id": "a schema's id in its registry goes out with messages, and is not told",
    "unused-channel": "a channel that no operation uses",
    "unused-variable": "a server's variable that its address does not name",
    "unwritten-content-type": "a content type that is written as it comes",
}
"""Every worded code, and what it says; the docs and tests/refused are held to it."""

HELPS: dict[str, str] = {
    "missing-file": "save the file there, or correct its name",
    "document-too-deep": "give an inner part a name under components, and refer to it",
    "empty-document": "an API document begins with openapi: or asyncapi:",
    "several-documents": "keep one here, and move the others to files of their own",
    "invalid-character": "write the whole pair, or leave it out",
    "invalid-number": "write a number that JSON has, null, or text in quotes",
    "invalid-merge": "merge what an alias stands for: <<: *name",
    "duplicate-key": "keep one of them, with all that both say",
    "unknown-alias": "write the anchor before the value that is meant, further up",
    "recursive-alias": "a schema that holds itself is written with $ref",
    "alias-bomb": "write with $ref what stands in many places",
    "unknown-tag": "leave the tag out",
    "unresolved-reference": "write what it refers to, or correct the reference",
    "invalid-reference": "correct the reference: it has to lead to what stands here otherwise",
    "circular-reference": "let one of the $refs of the circle be a definition",
    "duplicate-value": "name it once",
    "unfit-default": "correct the default, or the schema that it does not fit",
    "unfit-enum": "correct the value, or the type of the enum",
    "unfit-example": "correct the example, or the schema that it does not fit",
    "ignored-parameter-schema": "leave it out, and have the handler check it",
    "paths-moved": "rename the path, if ours are to stay where they are",
}
"""What can be done about the problems that bring no better advice of their own."""


def ordered(problems: Iterable[Problem], documents: Spans) -> list[Problem]:
    """The problems in the order of the files, and in a file of the text."""
    files = {file: index for index, file in enumerate(documents.files)}

    def where(problem: Problem) -> tuple[int, int, int]:
        at = _span(problem, documents)
        return files.get(at.file, -1), at.line, at.column

    return sorted(problems, key=where)


def shown(problems: Sequence[Problem], documents: Spans | None = None) -> Iterator[str]:
    """Each problem as `show` has it; of very many the gravest, and how many more there are."""
    kept = set(sorted(range(len(problems)), key=lambda n: _grave(problems[n]))[:MOST])
    for number, problem in enumerate(problems):
        if number in kept:
            yield show(problem, documents)
    if len(problems) > MOST:
        yield f"… and {len(problems) - MOST:,} more"


def show(problem: Problem, documents: Spans | None = None) -> str:
    """A problem as the terminal shows it: place, code and message; the line; the help.

    `documents` may be missing only when the problem carries its Span.
    """
    at = _span(problem, documents)
    mark = "" if problem.severity == "error" else f"{problem.severity}: "
    where = f"{visible(at.file)}:{at.line}:{at.column}"
    lines = [f"{where}: {mark}{problem.code}: {visible(problem.message)}"]
    if at.text:
        lines += _excerpt(at)
    if help := problem.help or HELPS.get(problem.code):
        lines.append(f"  help: {visible(help)}")
    return "\n".join(lines)


def visible(text: str) -> str:
    """Text with its control and invisible characters written out."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_visible(character) for character in text)


def width(text: str) -> int:
    """How many columns a text takes on a terminal."""
    if text.isascii():
        return len(text)
    return sum(_width(character) for character in text)


def _span(problem: Problem, documents: Spans | None) -> Span:
    at = problem.at
    if isinstance(at, Span):
        return at
    return documents.span(at) if documents else Span(at.file, 1, 1, 0, "")


def _grave(problem: Problem) -> int:
    return ("error", "warning", "hint").index(problem.severity)


def _excerpt(at: Span) -> list[str]:
    start, end = at.column - 1, at.column - 1 + at.length
    before, marked, after = _window(
        at.text[max(0, start - 2 * MAX_WIDTH) : start],
        at.text[start:end][: 2 * MAX_WIDTH],
        at.text[end : end + 2 * MAX_WIDTH],
    )
    number = f"{at.line:>4}"
    caret = "^" * max(width(marked), 1)
    return [
        f"{number} | {before}{marked}{after}".rstrip(),
        f"{' ' * len(number)} | {' ' * width(before)}{caret}",
    ]


def _window(before: str, marked: str, after: str) -> tuple[str, str, str]:
    """The three parts of a line, each made visible, and cut where the line is too long."""
    parts = (text.replace("\t", TAB) for text in (before, marked, after))
    before, marked, after = (visible(part) for part in parts)
    if width(before + marked + after) <= MAX_WIDTH:
        return before, marked, after
    if len(before) > MAX_WIDTH // 3:
        before = "…" + before[-MAX_WIDTH // 3 :]
    if len(marked) > MAX_WIDTH // 2:
        marked = marked[: MAX_WIDTH // 2]
        after = "…"
    room = MAX_WIDTH - len(before) - len(marked)
    return before, marked, after if len(after) <= room else after[:room] + "…"


def _visible(character: str) -> str:
    if character.isprintable():
        return character
    code = ord(character)
    named = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
    return named.get(character) or (
        f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
    )


def _width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1
