"""The command line and Python go on with one another's studies, to the same bytes."""

import json

import pytest
import tune_engine as te

SPACE = """\
[search]
method = "bayes"
trials = 16
startup = 5
[cv]
folds = 2
[space]
rate = { type = "float", low = 1e-4, high = 1.0, log = true }
kind = { type = "categorical", values = ["a", "b"] }
depth = { type = "int", low = 1, high = 6, when = { kind = ["a"] } }
"""
N = 12


def losses(params):
    size = params.get("depth", 3) * (params["rate"] - 0.02) ** 2
    return [size + 1.0, size + (1.5 if params["kind"] == "a" else 1.25)]


def by_command_line(tune, study, numbers):
    for _ in numbers:
        asked = json.loads(tune("ask", study))
        for fold, loss in enumerate(losses(asked["params"])):
            tune("tell", study, asked["trial"], "--fold", fold, "--loss", repr(loss))


def by_python(study, numbers):
    for _ in numbers:
        trial = study.ask()
        study.tell(trial, losses(trial.params))


def written(tune):
    """What the command line says of the study."""
    forms = [("leaderboard", "--format", "csv"), ("explain", "11", "--format", "json")]
    forms += [("importance", "--format", "json")]
    return [tune(command, "space", *rest) for command, *rest in forms]


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "space.toml"
    path.write_text(SPACE)
    return path


def test_a_study_of_the_command_line_goes_on_in_python_to_the_same_bytes(tune, file, tmp_path):
    store = tmp_path / "results" / "space"
    by_command_line(tune, file, range(6))
    by_python(te.Study(file, store=store), range(6, N))
    half = written(tune)

    (tmp_path / "results" / "space").rename(tmp_path / "aside")
    by_command_line(tune, file, range(N))
    assert half == written(tune)


def test_a_study_of_python_goes_on_in_the_command_line_to_the_same_bytes(tune, file, tmp_path):
    store = tmp_path / "results" / "space"
    by_python(te.Study(file, store=store), range(6))
    by_command_line(tune, "space", range(6, N))
    half = written(tune)

    (tmp_path / "results" / "space").rename(tmp_path / "aside")
    by_python(te.Study(file, store=store), range(N))
    assert half == written(tune)
    memory = te.Study(file)
    by_python(memory, range(N))
    assert memory.trials() == te.Study.open(store).trials()


def test_a_study_is_opened_by_its_folder(tune, file, tmp_path):
    by_command_line(tune, file, range(3))
    study = te.Study.open(tmp_path / "results" / "space")
    assert len(study) == 3 and study.direction == "minimize"
    by_python(study, range(3, 6))
    assert len(tune("leaderboard", "space", "--format", "csv").splitlines()) == 7


def test_the_best_are_the_same(tune, file, tmp_path):
    by_command_line(tune, file, range(N))
    study = te.Study.open(tmp_path / "results" / "space")
    rows = tune("leaderboard", "space", "--format", "csv").splitlines()
    head = rows[0].split(",")
    ranked = [int(row.split(",")[head.index("trial")]) for row in rows[1:]]
    assert [row["trial"] for row in study.leaderboard()] == ranked
    assert study.best().number == ranked[0]


def test_a_wrong_space_shows_what_the_command_line_shows(tune, file, tmp_path):
    file.write_text(SPACE.replace('"float"', '"flaot"'))
    with pytest.raises(te.SpaceError) as error:
        te.Study(file)
    with pytest.raises(AssertionError) as said:
        tune("check", file)
    lines = str(error.value).splitlines()
    assert lines[0] in str(said.value) and any("^^^" in line for line in lines)
    assert all(line.strip() in str(said.value) for line in lines if "^" in line or "hint" in line)


def test_they_may_take_turns_with_a_study_that_stays_open(tune, file, tmp_path):
    store = tmp_path / "results" / "space"
    study = te.Study(file, store=store)
    found = te.Study.open(store)
    for number in range(N):
        if number % 3 == 0:
            by_command_line(tune, "space", [number])
        else:
            by_python(study if number % 3 == 1 else found, [number])
        assert len(study) == len(found) == number + 1
    turns = written(tune)
    assert study.trials() == found.trials()

    store.rename(tmp_path / "aside")
    by_command_line(tune, file, range(N))
    assert turns == written(tune)


def test_a_study_that_the_command_line_begins_anew_is_read_anew(tune, file, tmp_path):
    study = te.Study(file, store=tmp_path / "results" / "space")
    by_python(study, range(3))
    tune("remove", "space", "--yes")
    with pytest.raises(te.StoreError):
        len(study)
    by_command_line(tune, file, range(2))
    assert len(study) == 2
    by_python(study, [2])
    assert len(study.trials()) == 3
