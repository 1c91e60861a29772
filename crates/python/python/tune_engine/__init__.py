"""`tune` in Python: hyperparameter search whose proposals repeat bit for bit."""

from ._native import SpaceError, StoreError, TellError, __version__
from .space import Categorical, Float, Int, Ordinal
from .study import Study, Trial

__all__ = [
    "Categorical",
    "Float",
    "Int",
    "Ordinal",
    "SpaceError",
    "StoreError",
    "Study",
    "TellError",
    "Trial",
    "__version__",
]
