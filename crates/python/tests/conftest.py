"""What several tests share."""

import os
import shutil
import subprocess

import pytest


@pytest.fixture
def tune(tmp_path):
    """The command line, with its studies in a folder of the test."""
    program = os.environ.get("TUNE") or shutil.which("tune")
    if program is None:
        pytest.skip("no command line: set TUNE to the program")

    def call(*arguments):
        command = [program, *map(str, arguments), "--results", str(tmp_path / "results")]
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return call
