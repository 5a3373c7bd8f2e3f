"""JSON pointers (RFC 6901): their tokens, where they lead, and what was meant when nowhere."""

from __future__ import annotations

from difflib import get_close_matches

from generator.model import Json


class Missing(Exception):
    """A pointer leads nowhere; `help` is the pointer that was probably meant."""

    def __init__(self, message: str, help: str | None = None) -> None:
        super().__init__(message)
        self.help = help


def parts(pointer: str) -> list[str]:
    """The tokens of a pointer: "/a~1b/0" → ["a/b", "0"]."""
    if not pointer:
        return []
    tokens = pointer.removeprefix("/").split("/")
    return [token.replace("~1", "/").replace("~0", "~") for token in tokens]


def pointer(path: tuple[str | int, ...]) -> str:
    """The pointer of a path: ("a/b", 0) → "/a~1b/0"."""
    tokens = (str(token).replace("~", "~0").replace("/", "~1") for token in path)
    return "".join(f"/{token}" for token in tokens)


def walk(value: Json, tokens: list[str]) -> tuple[tuple[str | int, ...], list[str]]:
    """How far tokens lead into a value: the path taken, and the tokens left over."""
    path: list[str | int] = []
    for index, token in enumerate(tokens):
        if isinstance(value, dict) and token in value:
            value = value[token]
            path.append(token)
        elif isinstance(value, list) and _is_index(token, value):
            value = value[int(token)]
            path.append(int(token))
        else:
            return tuple(path), tokens[index:]
    return tuple(path), []


def meant(token: str, keys: list[str]) -> str | None:
    """The key that was probably meant by a token that is none."""
    same = [key for key in keys if key.lower() == token.lower()]
    return next(iter(same or get_close_matches(token, keys, 1)), None)


def _is_index(token: str, items: list[Json]) -> bool:
    is_number = token.isascii() and token.isdigit() and len(token) < 10
    return is_number and int(token) < len(items)


def follow(document: dict[str, Json], value: Json) -> dict[str, Json]:
    """An object, or what its chain of $refs leads to in the one document."""
    seen: list[Json] = []
    while isinstance(value, dict) and "$ref" in value and value["$ref"] not in seen:
        seen.append(value["$ref"])
        value = lookup(document, value["$ref"])
    return dict(value) if isinstance(value, dict) else {}


def lookup(document: dict[str, Json], ref: Json) -> Json:
    """What a $ref inside the document leads to."""
    if not isinstance(ref, str) or not ref.startswith("#"):
        return None
    path, rest = walk(document, parts(ref[1:]))
    value: Json = document
    for key in path:
        value = value[key]  # type: ignore[index]
    return None if rest else value
