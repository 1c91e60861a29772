"""Parameters and spaces, in the terms of `space.toml`.

A space is a dict from names to parameters. Each parameter becomes one line of ``[space]`` and is
read by the engine's own parser, so a mistake has the same message as on the command line.
"""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Mapping, Sequence
from copy import copy, deepcopy
from pathlib import Path
from typing import Any

from . import _native

__all__ = ["Categorical", "Float", "Int", "Ordinal", "Parameter", "to_toml"]


class Parameter:
    """A hyperparameter with a domain; use :class:`Float`, :class:`Int`, ..."""

    type: str = ""

    def __init__(self, **keys: Any) -> None:
        when = keys.get("when")
        if when is not None and not isinstance(when, Mapping):
            raise TypeError(
                f'when is a dict such as {{"optimizer": ["sgd"]}}, from a name to values: not {when!r}'
            )
        # Keys that are not given are not written, so that the engine's defaults apply.
        self.keys = {name: value for name, value in keys.items() if value is not None}

    def entry(self) -> dict[str, Any]:
        """Returns its table in ``[space]``."""
        return {"type": self.type, **self.keys}

    def replace(self, **keys: Any) -> Parameter:
        """Returns a copy with these keys replaced."""
        other = copy(self)
        other.keys = {**self.keys, **keys}
        return other

    def encode(self, value: Any) -> Any:
        """Returns the engine's form of a value."""
        return value

    def decode(self, value: Any) -> Any:
        """Returns the user's form of a value."""
        return value

    def __repr__(self) -> str:
        keys = ", ".join(f"{name}={value!r}" for name, value in self.keys.items())
        return f"{type(self).__name__}({keys})"

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and repr(self) == repr(other)

    def __hash__(self) -> int:
        return hash(repr(self))


class Float(Parameter):
    """A real number from ``low`` to ``high``, both inclusive.

    >>> Float(1e-4, 1.0, log=True).entry()
    {'type': 'float', 'low': 0.0001, 'high': 1.0, 'log': True}
    """

    type = "float"

    def __init__(
        self,
        low: float,
        high: float,
        *,
        log: bool | None = None,
        step: float | None = None,
        points: int | None = None,
        default: float | None = None,
        when: Mapping[str, Sequence[Any]] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(
            low=number("low", low),
            high=number("high", high),
            log=log,
            step=step,
            points=points,
            default=default,
            when=when,
            **more,
        )


class Int(Parameter):
    """An integer from ``low`` to ``high``, both inclusive.

    >>> Int(1, 8).entry()
    {'type': 'int', 'low': 1, 'high': 8}
    """

    type = "int"

    def __init__(
        self,
        low: int,
        high: int,
        *,
        log: bool | None = None,
        step: int | None = None,
        points: int | None = None,
        default: int | None = None,
        when: Mapping[str, Sequence[Any]] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(
            low=low,
            high=high,
            log=log,
            step=step,
            points=points,
            default=default,
            when=when,
            **more,
        )


class _Listed(Parameter):
    """One of a list of values; those that TOML cannot hold are represented by labels."""

    def __init__(
        self,
        values: Sequence[Any],
        *,
        default: Any = None,
        when: Mapping[str, Sequence[Any]] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(when=when, **more)
        kind = type(self).__name__
        if isinstance(values, (str, bytes, Mapping)) or not hasattr(values, "__iter__"):
            raise TypeError(f"{kind} takes a list of values, not {values!r}")
        self.values = list(values)
        self.labels = labels(self.values)
        self.keys["values"] = self.labels
        if default is not None:
            self.keys["default"] = self.encode(default)

    def encode(self, value: Any) -> Any:
        for label, own in zip(self.labels, self.values, strict=True):
            if own is value or is_same(own, value):
                return label
        return value

    def decode(self, value: Any) -> Any:
        for label, own in zip(self.labels, self.values, strict=True):
            if is_same(label, value):
                # What the user does to a list must not change the next trial's.
                return deepcopy(own) if type(own) in (list, dict, set) else own
        return value


class Categorical(_Listed):
    """One of several values without an order, which may be any objects.

    >>> Categorical(["sgd", "adam"]).entry()
    {'type': 'categorical', 'values': ['sgd', 'adam']}
    >>> Categorical([None, "l2"]).entry()
    {'type': 'categorical', 'values': ['None', 'l2']}
    >>> Categorical([[64, 64], [128]]).entry()
    {'type': 'categorical', 'values': [[64, 64], [128]]}
    """

    type = "categorical"


class Ordinal(_Listed):
    """One of several values in their order, such as batch sizes.

    >>> Ordinal([16, 32, 64]).entry()
    {'type': 'ordinal', 'values': [16, 32, 64]}
    """

    type = "ordinal"


KINDS: dict[str, Any] = {
    "float": Float,
    "int": Int,
    "ordinal": Ordinal,
    "categorical": Categorical,
}


def number(name: str, value: Any) -> float:
    # A text of digits would pass `float`; the engine takes numbers alone.
    try:
        if not isinstance(value, (str, bytes)):
            return float(value)
    except (TypeError, ValueError):
        pass
    raise TypeError(f"{name} is a number, not {value!r}")


def is_same(a: Any, b: Any) -> bool:
    """Returns whether values and types are equal: ``1``, ``1.0`` and ``True`` all differ."""
    if isinstance(a, bool) or isinstance(b, bool) or isinstance(a, str) or isinstance(b, str):
        return type(a) is type(b) and a == b
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        return a == b
    return a is b or (type(a) is type(b) and repr(a) == repr(b))


def labels(values: Sequence[Any]) -> list[Any]:
    """Returns the values themselves if the engine can hold them, else a distinct text for each."""
    plain = [plain_value(value) for value in values]
    kinds = {kind_of(value) for value in plain}
    if len(kinds) == 1 and None not in kinds:
        return [list(value) if kind_of(value) == "list" else value for value in plain]

    # Equal texts of different values are told apart by primes.
    texts: list[str] = []
    for value in values:
        text = value if isinstance(value, str) else repr(value)
        text = "".join(c for c in text if c.isprintable())[:100]
        while text in texts:
            text += "'"
        texts.append(text)
    return texts


def plain_value(value: Any) -> Any:
    """Converts NumPy scalars to Python's."""
    item = getattr(value, "item", None)
    if callable(item) and getattr(value, "shape", None) == ():
        return item()
    return value


def kind_of(value: Any) -> str | None:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, (int, float)) and math.isfinite(value):
        return "number"
    if isinstance(value, (list, tuple)):
        kinds = {kind_of(plain_value(item)) for item in value}
        return "list" if kinds <= {"bool", "number", "text"} else None
    return "text" if isinstance(value, str) else None


def parameter(value: Any) -> Parameter | Any:
    """Returns a parameter as given, or made from a list or a SciPy distribution. A list of three or
    more ascending numbers is ordinal. Any other value is fixed.

    >>> parameter([0.1, 1.0, 10.0]), parameter(["a", "b"])
    (Ordinal(values=[0.1, 1.0, 10.0]), Categorical(values=['a', 'b']))
    """
    if isinstance(value, Parameter) or isinstance(value, Mapping):
        return value
    if isinstance(value, tuple) and len(value) == 2 and {kind_of(v) for v in value} == {"number"}:
        low, high = value
        raise TypeError(
            f"{value} may be a range or two values: write Float({low}, {high}), Int({low}, {high}) "
            f"or [{low}, {high}]"
        )
    if isinstance(value, (list, tuple)) or type(value).__name__ in ("ndarray", "range"):
        values = [plain_value(item) for item in value]
        return (Ordinal if is_ascending(values) else Categorical)(values)
    if hasattr(value, "dist") and hasattr(value, "ppf"):
        return from_scipy(value)
    return value


def read_space(path: str | os.PathLike[str]) -> tuple[dict[str, Any], list[str]]:
    """Returns the ``[space]`` and the constraints of a file."""
    file = Path(path)
    text = file.read_text(encoding="utf-8")
    # Its errors are shown with their lines.
    _native.Study(text, str(file), None)
    if sys.version_info < (3, 11):
        raise RuntimeError("a space file needs Python 3.11 here: write the space as a dict")
    import tomllib

    sections = tomllib.loads(text)
    return sections["space"], [item["expr"] for item in sections.get("constraints", [])]


def from_table(value: Any) -> Any:
    """Returns the parameter that a table describes; any other value as it is.

    >>> from_table({"type": "int", "low": 1, "high": 8})
    Int(low=1, high=8)
    """
    if not isinstance(value, Mapping):
        return value
    kind = KINDS.get(value.get("type", ""))
    if kind is None:
        raise ValueError(f"type is one of {', '.join(KINDS)}, not {value.get('type')!r}")
    return kind(**{key: item for key, item in value.items() if key != "type"})


def tables(space: Mapping[str, Any]) -> dict[str, Any]:
    """Returns a space as it stands in a space file, conditions in the engine's values too.

    >>> tables({"k": Categorical(["a", None]), "x": Float(0, 1, when={"k": None})})["x"]["when"]
    {'k': ['None']}
    """

    def entry(value: Any) -> Any:
        if not isinstance(value, Parameter) or "when" not in value.keys:
            return value.entry() if isinstance(value, Parameter) else value
        when = {
            name: [
                encoded(space.get(name), item)
                for item in (items if isinstance(items, (list, tuple)) else [items])
            ]
            for name, items in value.keys["when"].items()
        }
        return {**value.entry(), "when": when}

    return {name: entry(value) for name, value in space.items()}


def encoded(known: Any, value: Any) -> Any:
    """Returns the engine's form of a value of a parameter; of any other, the value."""
    return known.encode(value) if isinstance(known, Parameter) else value


def known_parameters(described: str) -> dict[str, Parameter]:
    """Returns the searched parameters of a space file as the engine reads it."""
    found: dict[str, Parameter] = {}
    for name, domain in json.loads(described).items():
        kind = KINDS.get(domain.pop("type"))
        if kind is not None:
            keys = {key: value for key, value in domain.items() if value is not False}
            found[name] = kind(**keys)
    return found


def is_ascending(values: list[Any]) -> bool:
    """Returns whether these are three or more ascending numbers."""
    are_numbers = all(kind_of(value) == "number" for value in values)
    return are_numbers and len(values) > 2 and all(a < b for a, b in zip(values, values[1:]))


def from_scipy(frozen: Any) -> Parameter:
    """Returns the parameter with a SciPy distribution's support: uniform, loguniform, randint."""
    name = frozen.dist.name
    low, high = frozen.support()
    if name == "randint":
        return Int(int(low), int(high))
    if name in ("loguniform", "reciprocal"):
        return Float(low, high, log=True)
    if name == "uniform":
        return Float(low, high)
    raise ValueError(
        f"the distribution {name!r} has no counterpart: use Float(low, high) with dist, mean, sd"
    )


def to_toml(sections: Mapping[str, Any]) -> str:
    """Writes sections as TOML: tables, and lists of tables.

    >>> print(to_toml({"study": {"name": "a b"}, "constraints": [{"expr": "x < 1"}]}))
    [study]
    name = "a b"
    <BLANKLINE>
    [[constraints]]
    expr = "x < 1"
    <BLANKLINE>
    """
    lines: list[str] = []
    for section, content in sections.items():
        tables = content if isinstance(content, list) else [content]
        heading = f"[[{section}]]" if isinstance(content, list) else f"[{section}]"
        for table in tables:
            lines.append(heading)
            lines += [f"{key(name)} = {_value(name, value)}" for name, value in table.items()]
            lines.append("")
    return "\n".join(lines)


def _value(name: str, value: Any) -> str:
    try:
        return literal(value)
    except TypeError as error:
        raise TypeError(f"{name}: {error}") from None


def literal(value: Any) -> str:
    """Returns a value in TOML."""
    value = plain_value(value)
    # Before the integers: a bool is one in Python.
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else str(value)
    if isinstance(value, str):
        return text(value)
    if isinstance(value, Parameter):
        return literal(value.entry())
    if isinstance(value, Mapping):
        items = (f"{key(str(name))} = {literal(item)}" for name, item in value.items())
        return "{ " + ", ".join(items) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(literal(item) for item in value) + "]"
    raise TypeError(f"{value!r} of type {type(value).__name__} cannot stand in a space file")


def key(name: str) -> str:
    """Returns a TOML key, quoted if necessary."""
    is_bare = name.isascii() and name.replace("_", "a").replace("-", "a").isalnum()
    return name if is_bare else text(name)


def text(value: str) -> str:
    """Returns a TOML string in double quotes."""
    escapes = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    return '"' + "".join(escapes.get(c) or escaped(c) for c in value) + '"'


def escaped(c: str) -> str:
    is_control = ord(c) < 0x20 or ord(c) == 0x7F
    return f"\\u{ord(c):04x}" if is_control else c
