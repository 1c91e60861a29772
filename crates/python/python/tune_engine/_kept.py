"""What a scikit-learn search stores beside its study: its identity, and the scores of each fold.

The study stores only the metric that is optimised; ``cv_results_`` needs every metric and the
times. They are in ``search.jsonl``, one line per candidate.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import joblib
import numpy as np


class Kept:
    """The record of a search in the folder of its study.

    Raises ``ValueError`` if the folder has the record of another search.
    """

    def __init__(self, folder: str | os.PathLike[str], identity: dict[str, str]) -> None:
        self.path = Path(folder) / "search.jsonl"
        if self.path.exists():
            known: dict[str, Any] = next(self._lines(), {})
            other = sorted(key for key in identity if known.get(key) != identity[key])
            if other:
                raise ValueError(
                    f"the study in {folder} is of another search: {', '.join(other)} "
                    f"{'differs' if len(other) == 1 else 'differ'}; name another store"
                )
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._append(identity)

    def folds(self) -> dict[int, list[dict[str, Any]]]:
        """Returns the recorded folds of each candidate by trial number."""
        return {line["trial"]: line["folds"] for line in self._lines() if "trial" in line}

    def add(self, number: int, folds: list[dict[str, Any]]) -> None:
        """Records a candidate durably."""
        self._append({"trial": number, "folds": [plain(fold) for fold in folds]})

    def _append(self, line: dict[str, Any]) -> None:
        # A crash can cut a line short: the new one begins on its own line, and the old is skipped.
        with open(self.path, "ab+") as file:
            end = file.seek(0, os.SEEK_END)
            file.seek(max(end - 1, 0))
            is_cut = end > 0 and file.read(1) != b"\n"
            file.write((("\n" if is_cut else "") + json.dumps(line) + "\n").encode())
            file.flush()
            os.fsync(file.fileno())

    def _lines(self) -> Iterator[dict[str, Any]]:
        for line in self.path.read_text(encoding="utf-8").splitlines():
            try:
                yield json.loads(line)
            except ValueError:
                continue


def plain(value: Any) -> Any:
    """Returns a fold's results as values that JSON can hold."""
    if isinstance(value, dict):
        return {str(name): plain(item) for name, item in value.items()}
    item = getattr(value, "item", None)
    return item() if callable(item) else value


def fingerprint(X: Any, y: Any) -> str:
    """Returns a hash that identifies the data."""
    return joblib.hash([_content(X), _content(y)])


def _content(data: Any) -> Any:
    """Returns a table's names and values, which do not depend on its layout in memory."""
    if hasattr(data, "tocsr"):
        table = data.tocsr(copy=True)
        table.sum_duplicates()
        return [table.shape, table.data, table.indices, table.indptr]
    columns = getattr(data, "columns", None)
    if columns is not None and hasattr(data, "to_numpy"):
        return [list(map(str, columns)), [np.asarray(data[name]) for name in columns]]
    return data.to_numpy() if hasattr(data, "to_numpy") else data


def hash_of_splits(splits: list[Any]) -> str:
    """Returns a hash of the rows of each part of each split."""
    rows = hashlib.sha256()
    for train, test in splits:
        for part in (train, test):
            rows.update(np.ascontiguousarray(part).tobytes())
    return rows.hexdigest()
