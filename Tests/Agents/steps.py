"""What the model does for a request, and what an answer costs."""
from dataclasses import dataclass


@dataclass(frozen=True)
class Run:
    """The model has a shell command run."""
    command: str


@dataclass(frozen=True)
class Call:
    """The model calls a tool of git-uet's own server."""
    tool: str
    arguments: dict


@dataclass(frozen=True)
class Say:
    """The model ends its turn with a text."""
    text: str = "All is done."


@dataclass(frozen=True)
class Refuse:
    """An HTTP status instead of an answer."""
    status: int


@dataclass(frozen=True)
class Keep:
    """No answer; the connection stays open."""


@dataclass(frozen=True)
class Close:
    """The connection is closed without a word."""


@dataclass(frozen=True)
class Tokens:
    """What one answer cost; what a cache held or took is no part of `input`, reasoning is part of `output`."""
    model: str
    input: int
    cache_read: int
    cache_write: int
    cache_write_1h: int
    output: int
    reasoning: int
