"""Files to texts. The only module that knows Jinja and Black."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from generator.layout import joined, laid_out, segments
from generator.plan import File, Owner
from generator.value import dataclass

if TYPE_CHECKING:
    from jinja2 import BytecodeCache, Environment

POOL_FROM = 60_000
"""Characters to format from which starting other processes pays for itself."""


@dataclass(frozen=True, slots=True)
class Text:
    """One file as it will be written; `source` is the digest of what it was made of."""

    path: str
    owner: Owner
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A rendered file that Black has not seen yet."""

    file: File
    text: str
    source: str


def templates_folder() -> Path:
    """The templates: inside the installed package, or beside it in a checkout."""
    inside = Path(__file__).parent / "_templates"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "templates"


def render(
    files: Sequence[File], known: Mapping[str, str], standing: Collection[str] = ()
) -> list[Text]:
    """Render and format every file.

    `known` maps the digest of a source to the text it became at the last build, and
    `standing` are the paths that will not be written, so that only what changed is made.
    """
    drafts = [
        Draft(file, "", "") if file.path in standing else draft(file) for file in files
    ]
    fresh = [
        d for d in drafts if needs_black(d.file) and d.text and d.source not in known
    ]
    made = formatted_all([d.text for d in fresh])
    formatted = dict(zip((d.source for d in fresh), made, strict=True))
    return [
        Text(
            d.file.path,
            d.file.owner,
            formatted.get(d.source) or known.get(d.source) or d.text,
            d.source,
        )
        for d in drafts
    ]


def draft(file: File) -> Draft:
    """The file's text before Black."""
    text = file.text
    if text is None:
        assert file.template is not None
        template = environment().get_template(file.template)
        text = template.render(fields(file.view))
    return Draft(file, text, digest(f"{black_version()}\n{file.path}\n{text}"))


def fields(view: object) -> dict[str, object]:
    """A view's fields by name, which are the template's variables."""
    if view is None:
        return {}
    if callable(view):
        view = view()
    names: Iterable[str] = getattr(view, "__dataclass_fields__")
    return {name: getattr(view, name) for name in names}


@cache
def environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(templates_folder()),
        bytecode_cache=_bytecode(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )


def _bytecode() -> BytecodeCache | None:
    """Keeps what templates are compiled to beside them, as Python does with modules, where it may."""
    from jinja2 import FileSystemBytecodeCache

    folder = templates_folder() / "__pycache__"
    if sys.dont_write_bytecode:
        return None
    try:
        folder.mkdir(exist_ok=True)
    except OSError:
        return None
    return FileSystemBytecodeCache(str(folder)) if os.access(folder, os.W_OK) else None


def needs_black(file: File) -> bool:
    """Whether Black formats the file: rendered Python, not the runtime's own text."""
    return file.template is not None and file.path.endswith(".py")


def formatted_all(texts: Sequence[str]) -> list[str]:
    """Each text as Black would have it; Black itself sees only what we cannot lay out."""
    cut = [segments(text) for text in texts]
    known = {piece: laid_out(piece) for pieces in cut for piece in pieces}
    missing = [piece for piece, text in known.items() if text is None]
    known.update(zip(missing, black_all(missing), strict=True))
    return [joined([known[piece] or "" for piece in pieces]) for pieces in cut]


def black_all(pieces: Sequence[str]) -> list[str]:
    """Each piece as Black would have it, in processes when there is enough of them."""
    if sum(map(len, pieces)) < POOL_FROM or len(pieces) < 2:
        return [black_piece(piece) for piece in pieces]
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(os.cpu_count() or 1) as pool:
        return list(pool.map(black_piece, pieces, chunksize=16))


def black_piece(piece: str) -> str:
    """Some statements of a module in Black's format; the blank lines after them stay."""
    bare = piece.rstrip("\n")
    return black(bare + "\n").rstrip("\n") + piece[len(bare) :]


def black(text: str) -> str:
    """The text in Black's format at 88 columns."""
    from black import format_file_contents
    from black.mode import Mode, TargetVersion
    from black.report import NothingChanged

    try:
        mode = Mode(target_versions={TargetVersion.PY311})
        return format_file_contents(text, fast=True, mode=mode)
    except NothingChanged:
        return text


def black_version() -> str:
    """Black's own word for it: to ask for its metadata takes longer than many a build."""
    from _black_version import version  # type: ignore[import-untyped]

    return str(version)


def digest(text: str) -> str:
    """SHA-256 of a text, in hexadecimal; line ends count as one newline."""
    return hashlib.sha256(_encoded(text)).hexdigest()


def _encoded(text: str) -> bytes:
    return text.replace("\r\n", "\n").encode(errors="surrogateescape")
