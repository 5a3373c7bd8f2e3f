"""Texts in Protobuf's language → descriptors, by `protoc`; the only module that runs it."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

NAME = "payload.proto"
NAMED = re.compile(
    r"(?>\s+|//[^\n]*|/\*(?:[^*]|\*(?!/))*+\*/)*+(?:syntax|edition)\b", re.ASCII
)
"""A text that says what it is written in, before anything else but comments."""
FOUND = re.compile(rf"^{re.escape(NAME)}:(\d+):(\d+): (.*)$", re.MULTILINE)
SECONDS = 60


class Unreadable(Exception):
    """The text is no schema; worded with its line."""


@lru_cache(maxsize=256)
def compiled(text: str, version: str) -> bytes:
    """The FileDescriptorSet of a text, its imports included; raises Unreadable.

    A text that names no syntax is of the version, or, as many are, of the other one.
    """
    if NAMED.match(text):
        return run(text)
    first, other = ("proto2", "proto3") if version == "2" else ("proto3", "proto2")
    try:
        return run(f'syntax = "{first}"; {text}')
    except Unreadable as unreadable:
        try:
            return run(f'syntax = "{other}"; {text}')
        except Unreadable:
            raise unreadable from None


def run(text: str) -> bytes:
    """What protoc makes of a text, in a folder where nothing else is."""
    with TemporaryDirectory() as folder:
        (Path(folder) / NAME).write_text(text, encoding="utf-8", newline="")
        arguments = ["-I.", "-oout", "--include_imports", "--include_source_info", NAME]
        try:
            ended = subprocess.run(
                [sys.executable, "-P", "-m", "grpc_tools.protoc", *arguments],
                cwd=folder,
                capture_output=True,
                timeout=SECONDS,
            )
        except subprocess.TimeoutExpired:
            raise Unreadable(f"it cannot be read in {SECONDS} seconds") from None
        if ended.returncode:
            raise Unreadable(reason(ended.stderr.decode("utf-8", "replace")))
        return (Path(folder) / "out").read_bytes()


def reason(told: str) -> str:
    """The first thing that protoc finds wrong, by the line of the text."""
    found = FOUND.search(told)
    if found is None:
        return told.strip().partition("\n")[0] or "it cannot be read"
    return f"line {found[1]}: {found[3]}"
