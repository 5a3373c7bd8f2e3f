"""The text of one file: decoded, bounded, and cut into the lines a person sees."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import field
from pathlib import Path

from generator.problems import Problem, Refused, Span
from generator.value import dataclass

MAX_BYTES = 64 * 1024 * 1024
"""A document larger than this is refused; the largest public ones are about 12 MB."""

MAX_DEPTH = 200
"""Collections inside collections; real documents stay below 60."""

_LINE_END = re.compile(r"\r\n|\n|\r")
_MARKED = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass(slots=True)
class Source:
    """A file as the user knows it, with its text; offsets into the text count characters."""

    file: str
    text: str
    digest: str = ""
    _starts: list[int] = field(default_factory=list)
    _last: tuple[int, str] = (-1, "")
    """The line shown last: a minified document has but one, of megabytes."""

    def span(self, start: int, end: int | None = None) -> Span:
        """The characters from `start` to `end`, cut at the end of their line."""
        starts = self._line_starts()
        line = bisect_right(starts, start) - 1
        text = self._line(line)
        column = min(start - starts[line], len(text))
        stop = min((start + 1 if end is None else end) - starts[line], len(text))
        return Span(self.file, line + 1, column + 1, max(stop - column, 0), text)

    def line_number(self, offset: int) -> int:
        """The line of an offset, from 1."""
        return bisect_right(self._line_starts(), offset)

    def refuse(
        self,
        code: str,
        start: int,
        message: str,
        help: str | None = None,
        end: int | None = None,
    ) -> Refused:
        """The exception to raise for one problem at an offset."""
        return Refused([Problem(code, self.span(start, end), message, help)])

    def _line(self, line: int) -> str:
        if line != self._last[0]:
            starts = self._line_starts()
            stop = starts[line + 1] if line + 1 < len(starts) else len(self.text)
            self._last = line, self.text[starts[line] : stop].rstrip("\r\n")
        return self._last[1]

    def _line_starts(self) -> list[int]:
        if not self._starts:
            ends = _LINE_END.finditer(self.text)
            self._starts = [0, *(end.end() for end in ends)]
        return self._starts


def read_source(
    path: Path, file: str, asked: Callable[[], Span] | None = None
) -> Source:
    """The text of `path`, shown as `file`; `asked` finds the reference that named it."""
    try:
        reason = _unreadable(path, file)
        content = b"" if reason else path.read_bytes()
    except (OSError, ValueError) as error:
        words = getattr(error, "strerror", None) or str(error)
        reason = "unreadable-file", f"{file} cannot be read: {words}"
    if reason:
        at = asked() if asked else Span(file, 1, 1, 0, "")
        raise Refused([Problem(reason[0], at, reason[1])])
    return decode(content, file)


def decode(content: bytes, file: str) -> Source:
    """A file's bytes as a Source; they must be UTF-8, or UTF-16 with a byte order mark."""
    mark, encoding = next(
        (known for known in _MARKED if content.startswith(known[0])), (b"", "utf-8")
    )
    if encoding == "utf-8":
        content = content[len(mark) :]
    digest = hashlib.sha256(content).hexdigest()
    try:
        return Source(file, content.decode(encoding), digest)
    except UnicodeDecodeError as error:
        raise _not_text(content, file, encoding, error.start) from None


def _unreadable(path: Path, file: str) -> tuple[str, str] | None:
    """The code and the message of a path that holds no document."""
    if not path.exists():
        return "missing-file", f"there is no file {file}"
    if not path.is_file():
        return "unreadable-file", f"{file} is not a file"
    if path.stat().st_size > MAX_BYTES:
        size, limit = path.stat().st_size / 2**20, MAX_BYTES // 2**20
        message = f"{file} has {size:.0f} MB: at most {limit} MB are read"
        return "document-too-large", message
    return None


def _not_text(content: bytes, file: str, encoding: str, start: int) -> Refused:
    sound = content[:start].decode(encoding, errors="replace")
    rest = content[start : start + 200].decode(encoding, errors="replace")
    return Source(file, sound + rest).refuse(
        "not-utf-8",
        len(sound),
        f"byte 0x{content[start]:02x} is not {encoding.upper()} text",
        "save the file as UTF-8",
    )
