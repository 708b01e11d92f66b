"""What the houses of all tests in one process share: whatever is compiled, is compiled once.

Each test opens a house of its own, which compiles its templates, its routes and its statements as a server does at its start; for hundreds
of houses in a row that took longer than the tests.
"""

from __future__ import annotations

from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy.engine import Dialect, Engine
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule


class CompiledOnce(BytecodeCache):
    """Templates compiled for one test's house, kept for the next one's: compiling them again for each took more than the tests."""

    def __init__(self) -> None:
        """Keep nothing yet."""
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give a template what was compiled from the same source."""
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self._kept[bucket.key] = bucket.bytecode_to_string()


def compile_templates() -> None:
    """Let the houses made from here on share what is compiled of their templates."""
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": CompiledOnce()}


def compile_routes() -> None:
    """Let routes be compiled once for all the test houses, which have the same three hundred.

    What is compiled belongs to a route's text and to its app's settings for routes, which no house changes; compiling them anew took a
    tenth of a second of each test. A server has one app and compiles them as werkzeug means it to.
    """
    compile_one, kept = Rule.compile, dict[Any, dict[str, Any]]()

    def compile_route(self: Rule) -> None:
        key = (self.rule, self.subdomain, self.host, self.merge_slashes, repr(self.defaults))
        if key in kept:
            of_before = kept[key]
            self._parts, self._trace, self._converters = of_before["_parts"], of_before["_trace"], of_before["_converters"]
            self.arguments = of_before["arguments"]
            self._build = of_before["_build"].__func__.__get__(self, None)
            self._build_unknown = of_before["_build_unknown"].__func__.__get__(self, None)
            return
        compile_one(self)
        kept[key] = vars(self)

    Rule.compile = compile_route  # type: ignore[method-assign]  # werkzeug has no place to keep it


def compile_statements() -> None:
    """Let the engines of all the test houses share the statements they have compiled, by their database.

    SQLAlchemy keeps them by engine; a test has an engine of its own, and compiled in a sixth of its time what the test before had compiled.
    """
    make_one, kept = Engine.__init__, dict[str, Statements]()

    def make(self: Engine, pool: Any, dialect: Dialect, *rest: Any, **more: Any) -> None:
        make_one(self, pool, dialect, *rest, **more)
        self._compiled_cache = kept.setdefault(dialect.name, Statements(2_000))

    Engine.__init__ = make  # type: ignore[method-assign]  # SQLAlchemy keeps it by engine only


class Statements(LRUCache[Any, Any]):
    """Compiled statements, kept by what they are and not by the engine's own dialect, the first part of the key."""

    def get(self, key: Any, default: Any = None) -> Any:
        """Return what was compiled of the same statement for an engine like this one."""
        return super().get(key[1:], default)

    def __setitem__(self, key: Any, value: Any) -> None:
        """Keep what was compiled."""
        super().__setitem__(key[1:], value)
