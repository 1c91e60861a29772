"""What users of other libraries get wrong, and what they are told."""

import pytest
import tune_engine as te

X = {"x": te.Float(0.0, 1.0)}


def study(**settings):
    return te.Study(X, **settings)


def told():
    one = study()
    one.tell(one.ask(), 1.0)
    return one


def optimized(returned, **settings):
    return study(**settings).optimize(lambda params: returned, 3)


MISTAKES = {
    "a direction of another name": (lambda: study(direction="minimise"), te.SpaceError, "minimize"),
    "a method in capitals": (lambda: study(method="TPE"), te.SpaceError, 'did you mean "tpe"'),
    "no seed": (lambda: study(seed=None), TypeError, "seed: None"),
    "a negative seed": (lambda: study(seed=-1), te.SpaceError, "at least 0"),
    "no trial": (lambda: study(trials=0), te.SpaceError, "at least 1"),
    "fewer than no trials": (lambda: study().optimize(len, -1), ValueError, "not -1"),
    "trials as text": (lambda: study().optimize(len, "3"), ValueError, "not '3'"),
    "all processors": (lambda: study().optimize(len, 3, n_jobs=-1), ValueError, "not -1"),
    "a trial in the function": (
        lambda: study().optimize(lambda trial: trial.suggest_float("x", 0, 1), 3),
        AttributeError,
        r"params\[name\]",
    ),
    "suggest": (lambda: study().ask().suggest_int("x", 0, 1), AttributeError, "params holds"),
    "best_params": (lambda: told().best_params, AttributeError, r"study.best\(\).params"),
    "enqueue_trial": (lambda: study().enqueue_trial(X), AttributeError, "enqueue="),
    "an unknown name": (lambda: study().bset, AttributeError, "'bset'"),
    "no loss": (lambda: optimized(None), TypeError, "returned None for trial 0"),
    "a loss as text": (lambda: optimized("0.3"), TypeError, "returned '0.3'"),
    "a dict": (lambda: optimized({"loss": 0.3}), TypeError, "its loss, a number"),
    "a loss and more": (lambda: optimized((0.3, {})), TypeError, "its loss, a number"),
    "one loss of three": (lambda: optimized(0.3, folds=3), TypeError, "its 3 losses"),
    "another loss": (lambda: told().tell(0, 2.0), te.TellError, "never overwritten"),
    "an unknown trial": (lambda: told().tell(7, 2.0), te.TellError, "trial 7"),
    "a negative trial": (lambda: told().tell(-1, 2.0), te.TellError, "from 0"),
    "the end of a study": (lambda: told().tell(None, 2.0), TypeError, "not None"),
    "a loss too many": (lambda: told().tell(0, [1.0, 2.0]), te.TellError, "2 losses"),
    "a trial that is not there": (lambda: told().trial(9), ValueError, "no trial 9"),
    "an explanation of none": (lambda: told().explain(-1), ValueError, "no trial -1"),
    "importance of one": (lambda: told().importance(), ValueError, "needs at least 8 successful trials"),
    "a low end as text": (lambda: te.Float("a", 1), TypeError, "low is a number"),
    "a low end in quotes": (lambda: te.Float("0.1", 1), TypeError, "low is a number, not '0.1'"),
    "ends in turn": (lambda: te.Study({"x": te.Float(1, 0)}), te.SpaceError, r"\^\^\^"),
    "values as text": (lambda: te.Categorical("abc"), TypeError, "a list of values"),
    "a condition as text": (lambda: te.Int(1, 3, when="a == 1"), TypeError, "when is a dict"),
    "no values": (lambda: te.Study({"x": te.Categorical([])}), te.SpaceError, "empty"),
    "a pair": (lambda: te.Study({"x": (0.0, 1.0)}), TypeError, r"Float\(0.0, 1.0\)"),
    "a fixed object": (lambda: te.Study({"x": object()}), TypeError, "x: "),
    "a space as a list": (lambda: te.Study([1]), TypeError, "dict from names"),
    "an unknown enqueued name": (lambda: study(enqueue=[{"y": 1}]), te.SpaceError, "`y`"),
    "one enqueued trial": (lambda: study(enqueue={"x": 1}), TypeError, "list of config"),
    "a function as constraint": (lambda: study(constraints=[len]), TypeError, "expr: "),
    "no store": (lambda: te.Study.open("nowhere"), te.StoreError, "nowhere"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_has_its_exception(mistake):
    act, kind, text = MISTAKES[mistake]
    with pytest.raises(kind, match=text):
        act()


def test_a_trial_whose_function_returned_no_loss_is_put_back():
    one = study()
    with pytest.raises(TypeError):
        one.optimize(lambda params: None, 3)
    assert one.ask().number == 0


def test_numbers_of_other_libraries_are_losses():
    np = pytest.importorskip("numpy")
    for loss in (np.float32(0.5), np.array(0.5), np.array([0.5]), 1, True):
        assert optimized(loss).best().number == 0


def test_a_constraint_may_stand_alone():
    one = study(constraints="x < 0.5")
    assert all(one.ask().params["x"] < 0.5 for _ in range(5))
