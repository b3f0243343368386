"""Jinja templates of strangers: sandboxed, and bounded in time, size and steps.

Jinja's own sandbox keeps a template away from Python's insides, but not from `{% for %}` in `{% for %}`, from doubling
a string forty times or from formatting a number a gigabyte wide. So here names are allowed rather than forbidden, and
every operation that can grow or repeat is rewritten into a filter that counts. Nothing in this file needs a thread
or a process; what a template may cost is a tenth of a second of this thread's own time.
"""

import time
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from jinja2 import nodes
from jinja2.environment import Template as JinjaTemplate
from jinja2.exceptions import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from hub.core.errors import ProtocolError

from .payload import NOT_JSON, Payload
from .template_functions import FILTERS, MAX_TEXT, METHODS, check_size, plain_text, template_global

MAX_SOURCE = 8 * 1024
MAX_INPUT = 256 * 1024
MAX_STEPS = 10_000
MAX_SECONDS = 0.1

_FORBIDDEN = (
    nodes.Macro, nodes.CallBlock, nodes.Import, nodes.FromImport, nodes.Include, nodes.Extends, nodes.Block,
    nodes.AssignBlock, nodes.FilterBlock, nodes.ScopedEvalContextModifier, nodes.EvalContextModifier,
)  # fmt: skip
_FAULTS = (TemplateError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError, RecursionError,
           SyntaxError, MemoryError)  # fmt: skip


class _Environment(ImmutableSandboxedEnvironment):
    """Allows listed filters, methods and globals, and looks at the clock at each of them."""

    intercepted_binops = frozenset(["+", "-", "*", "/", "//", "%", "**"])

    def __init__(self) -> None:
        super().__init__(finalize=self._finalize, autoescape=False, cache_size=0)
        self.deadline = 0.0
        self.steps = 0
        self.filters = {name: self._watched(function) for name, function in FILTERS.items()}
        self.filters |= {"__steps": self._count, "__join": self._join, "__made": self._made}
        self.globals = {"namespace": self.globals["namespace"], "range": self._range, "iif": template_global("iif"),
                        "float": FILTERS["float"], "int": FILTERS["int"], "bool": FILTERS["bool"],
                        "min": FILTERS["min"], "max": FILTERS["max"]}  # fmt: skip
        self._callable = {id(value) for value in self.globals.values()}
        self._range_id = id(self.globals["range"])

    def begin(self) -> None:
        self.deadline = time.thread_time() + MAX_SECONDS
        self.steps = 0

    def look_at_clock(self) -> None:
        if time.thread_time() > self.deadline:
            raise ValueError("the template takes too long")

    def _watched(self, function: Any) -> Any:
        def watched(*args: Any, **kwargs: Any) -> Any:
            self.look_at_clock()
            for value in (*args, *kwargs.values()):
                check_size(value)
            return check_size(function(*args, **kwargs))

        return watched

    def _count(self, values: Iterable[Any]) -> Iterator[Any]:
        for value in values:
            self.steps += 1
            if self.steps > MAX_STEPS:
                raise ValueError("the template loops too often")
            self.look_at_clock()
            yield value

    def _join(self, parts: tuple[Any, ...]) -> str:
        self.look_at_clock()
        return check_size("".join(plain_text(part) for part in parts))  # type: ignore[no-any-return]

    def _made(self, value: Any) -> Any:
        self.look_at_clock()
        return check_size(value)

    def _finalize(self, value: Any) -> Any:
        self.look_at_clock()
        return plain_text(value)

    def _range(self, *args: int) -> range:
        numbers = range(*args)
        if len(numbers) > MAX_STEPS:
            raise ValueError("the range is too long")
        return numbers

    def wrap_str_format(self, value: Any) -> Any:
        return None  # str.format goes through METHODS, which also bounds widths

    def is_safe_callable(self, obj: Any) -> bool:
        owner = getattr(obj, "__self__", None)
        if owner is self:
            return bool(obj == self.globals["range"])
        if id(obj) in self._callable:
            return True
        return getattr(obj, "__name__", "") in METHODS.get(type(owner), ())

    def call(self, context: Any, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        self.look_at_clock()
        for value in (*args, *kwargs.values()):
            check_size(value)
        function = METHODS.get(type(getattr(obj, "__self__", None)), {}).get(getattr(obj, "__name__", ""))
        if function is not None and self.is_safe_callable(obj):
            return check_size(function(obj.__self__, *args, **kwargs))
        return check_size(super().call(context, obj, *args, **kwargs))

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        self.look_at_clock()
        if operator == "**" and not (_small(left) and isinstance(right, int | float) and abs(right) <= 64):
            raise ValueError("the power is too large")
        if operator == "*" and not (isinstance(left, int | float) and isinstance(right, int | float)):
            raise TypeError("only numbers can be multiplied")
        if operator == "%" and not isinstance(left, int | float):
            return check_size(FILTERS["format"](left, *(right if isinstance(right, tuple) else (right,))))
        return check_size(super().call_binop(context, operator, left, right))


def _small(value: Any) -> bool:
    return isinstance(value, int | float) and abs(value) < 2**64


def _rewrite(node: nodes.Node) -> nodes.Node:
    """The tree with loops, concatenations and literals put through the filters that count."""
    if isinstance(node, _FORBIDDEN):
        raise ValueError(f"a template may not use {type(node).__name__.lower()}")
    if isinstance(node, nodes.Filter) and (node.name.startswith("__") or node.node is None):
        raise ValueError("no such filter")
    for field, value in node.iter_fields():
        if isinstance(value, nodes.Node):
            setattr(node, field, _rewrite(value))
        elif isinstance(value, list):
            setattr(node, field, [_rewrite(v) if isinstance(v, nodes.Node) else v for v in value])
    if isinstance(node, nodes.For):
        if node.recursive:
            raise ValueError("a template may not use recursive loops")
        node.iter = _through("__steps", node.iter, node)
    elif isinstance(node, nodes.Concat):
        return _through("__join", nodes.Tuple(node.nodes, "load", lineno=node.lineno), node)
    elif isinstance(node, nodes.List | nodes.Dict) or (isinstance(node, nodes.Tuple) and node.ctx == "load"):
        return _through("__made", node, node)
    return node


def _through(name: str, inner: nodes.Node, at: nodes.Node) -> nodes.Filter:
    return nodes.Filter(inner, name, [], [], None, None, lineno=at.lineno)


_environment = _Environment()


class Template:
    """A checked template. Rendering raises `ProtocolError` when the template fails or costs too much."""

    def __init__(self, source: str, place: str = "") -> None:
        """`place` is the topic that errors name; raises `ProtocolError` when the template cannot be used."""
        self.place = place
        try:
            self._compiled = _compile(source)
        except _FAULTS as error:
            raise ProtocolError(
                f"template {source[:60]!r}: {str(error)[:200] or type(error).__name__}",
                place=place,
                remedy="use Jinja's expressions, simple loops and the filters for text and numbers",
            ) from error

    def render(self, **values: Any) -> str:
        """The text that comes out for these variables."""
        try:
            _environment.begin()
            parts: list[str] = []
            size = 0
            for part in self._compiled.generate(values):
                size += len(part)
                if size > MAX_TEXT:
                    raise ValueError("the template's result is too long")
                _environment.look_at_clock()
                parts.append(part)
            return "".join(parts)
        except _FAULTS as error:
            message = f"template failed: {str(error)[:200] or type(error).__name__}"
            raise ProtocolError(message, place=self.place, remedy="mend the device's template") from error

    def value(self, payload: Payload, **values: Any) -> str:
        """The text that comes out for a state message: `value`, and `value_json` where it is JSON."""
        if len(payload.data) > MAX_INPUT:
            raise ProtocolError("too large for a template", place=payload.topic, remedy="publish less than 256 KiB")
        if payload.json is not NOT_JSON:
            values["value_json"] = payload.json
        return self.render(value=payload.text, **values).strip()


@lru_cache(maxsize=4096)
def _compile(source: str) -> JinjaTemplate:
    if len(source) > MAX_SOURCE:
        raise ValueError("the template is longer than 8 KiB")
    _environment.begin()
    tree = _rewrite(_environment.parse(source))
    assert isinstance(tree, nodes.Template)
    return _environment.from_string(tree)
