"""A list of spaces as one space, as scikit-learn takes them: a parameter chooses one of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .space import Categorical, Parameter, parameter

CHOICE = "param_distributions"


def joined(spaces: list[Mapping[str, Any]]) -> dict[str, Any]:
    """Adds a parameter that chooses a space, whose parameters are then active."""
    names = [str(index) for index in range(len(spaces))]
    whole: dict[str, Any] = {CHOICE: Categorical(names)}
    for name, space in zip(names, spaces, strict=True):
        for key, value in space.items():
            whole[f"{name}: {key}"] = _when_chosen(value, name)
    return whole


def _when_chosen(value: Any, name: str) -> Parameter:
    own = parameter(value)
    if isinstance(own, Mapping):
        raise TypeError("a list of spaces takes te.Float and its like, no plain tables")
    if not isinstance(own, Parameter):
        own = Categorical([own])
    within = {f"{name}: {key}": values for key, values in own.keys.get("when", {}).items()}
    return own.replace(when={CHOICE: [name], **within})


def candidate(params: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the parameters of the chosen space by their own names."""
    prefix = f"{params[CHOICE]}: "
    return {
        name.removeprefix(prefix): value
        for name, value in params.items()
        if name.startswith(prefix)
    }
