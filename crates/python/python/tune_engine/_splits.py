"""The splits of a scikit-learn search, drawn once and shared by all its candidates."""

from __future__ import annotations

import inspect
from typing import Any

from sklearn.model_selection import check_cv


class Frozen:
    """Splits that are drawn once, by any splitter."""

    def __init__(self, cv: Any, classifier: bool) -> None:
        self.cv = cv
        self.classifier = classifier
        self.splits: list[Any] | None = None

    @property
    def n_splits(self) -> int:
        return len(self.splits or [])

    def only(self, fold: int) -> Frozen:
        """A single one of the splits."""
        alone = Frozen(self.cv, self.classifier)
        alone.splits = (self.splits or [])[fold : fold + 1]
        return alone

    def _inner(self, y: Any) -> Any:
        return check_cv(self.cv, y, classifier=self.classifier)

    def split(self, X=None, y=None, groups=None, **params):
        if self.splits is None:
            self.splits = list(self._draw(X, y, groups, params))
        yield from self.splits

    def _draw(self, X, y, groups, params):
        inner = self._inner(y)
        if "groups" in inspect.signature(inner.split).parameters:
            params = {**params, "groups": groups}
        return inner.split(X, y, **params)

    def get_n_splits(self, X=None, y=None, groups=None, **params):
        return len(list(self.split(X, y, groups, **params)))

    def get_metadata_routing(self):
        return self._inner(None).get_metadata_routing()

    def __repr__(self) -> str:
        return f"Frozen({self.cv!r})"
