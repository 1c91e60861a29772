"""What a user tells of a trial: its number and its losses; exceptions say what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from . import _native


def number_of(trial: Any) -> int:
    number = getattr(getattr(trial, "number", trial), "__index__", None)
    if number is None:
        raise TypeError(f"a trial or its number is needed, not {trial!r}")
    if number() < 0:
        raise _native.TellError(f"trials are numbered from 0: there is no trial {trial}")
    return number()


def epoch_of(epoch: Any) -> int:
    """An epoch from 1; the engine knows whether the trial has it."""
    number = None if isinstance(epoch, bool) else getattr(epoch, "__index__", None)
    if number is None:
        raise TypeError(f"an epoch is a whole number from 1, not {epoch!r}")
    if not 1 <= number() < 2**32:
        raise _native.TellError(f"epochs are counted from 1: there is no epoch {epoch}")
    return number()


def is_listed(loss: Any) -> bool:
    """Whether these are the losses of several folds."""
    is_sequence = isinstance(loss, Sequence) and not isinstance(loss, (str, bytes))
    return is_sequence or getattr(loss, "ndim", 0) == 1


def loss_of(value: Any) -> float:
    if isinstance(value, (str, bytes)):
        raise TypeError(f"a loss is a number, not {value!r}")
    try:
        return float(value)
    except (TypeError, ValueError):
        raise TypeError(f"a loss is a number, not {value!r}") from None


def returned(loss: Any, trial: int, n_folds: int) -> Any:
    """Checks what the function of :meth:`Study.optimize` returned."""
    losses = list(loss) if is_listed(loss) else [loss]
    try:
        is_whole = [loss_of(value) for value in losses] and len(losses) == n_folds
    except TypeError:
        is_whole = False
    if not is_whole:
        wanted = "its loss, a number" if n_folds == 1 else f"a list of its {n_folds} losses"
        raise TypeError(f"the function returned {loss!r} for trial {trial}, not {wanted}")
    return loss


def folds_of(n: int) -> str:
    return f"{n} fold" if n == 1 else f"{n} folds"
