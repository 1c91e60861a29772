"""Compares the variants that the screen printed: python3 table.py FILE [BASE].

A difference is (base's loss less the variant's) in units of the base's spread on the set: from the
median of its ten configurations to the best. Losses are means over seeds. Per set the mean over
configurations, then mean and standard error over sets; `best` compares the best configurations, and
`searched` the best of ten of which every second one has the change, as in a search that tries both;
`small` and `larger` are the sets of either size in `searched`.
Each difference lies within -5 to 5, so that one divergence does not decide.
"""

import math
import statistics
import sys
from collections import defaultdict

SMALL = {"diabetes", "autompg", "stock", "breast_cancer", "vehicle", "credit_a"}


def main():
    rows, seconds = defaultdict(list), defaultdict(float)
    for line in open(sys.argv[1]):
        variant, data, configuration, _, loss, time = line.strip().split(",")
        rows[variant, data, int(configuration)].append(float(loss))
        seconds[variant] += float(time)
    base = sys.argv[2] if len(sys.argv) > 2 else "base"
    losses = {key: statistics.fmean(values) for key, values in rows.items()}
    variants = list(dict.fromkeys(variant for variant, _, _ in losses))
    sets = list(dict.fromkeys(data for variant, data, _ in losses if variant == base))

    print(f"{'variant':<24}{'mean':>16}{'best':>16}{'searched':>16}{'small':>16}{'larger':>16}{'time':>7}")
    for variant in variants:
        mean, best, searched = {}, {}, {}
        for data in sets:
            ours = of(losses, variant, data)
            theirs = of(losses, base, data)
            if len(ours) != len(theirs):
                continue
            spread = statistics.median(theirs) - min(theirs)
            bound = lambda gain: max(-5.0, min(5.0, gain / spread))
            mean[data] = statistics.fmean(bound(b - v) for b, v in zip(theirs, ours))
            best[data] = bound(min(theirs) - min(ours))
            searched[data] = statistics.fmean(
                bound(min(theirs) - min(theirs[first::2] + ours[1 - first::2])) for first in (0, 1))
        parts = [
            list(mean.values()),
            list(best.values()),
            list(searched.values()),
            [gain for data, gain in searched.items() if data in SMALL],
            [gain for data, gain in searched.items() if data not in SMALL],
        ]
        cells = "".join(f"{told(part):>16}" for part in parts)
        print(f"{variant:<24}{cells}{seconds[variant] / seconds[base]:7.2f}")
        if "-v" in sys.argv:
            for data in mean:
                ours, theirs = of(losses, variant, data), of(losses, base, data)
                print(f"    {data:<16}{mean[data]:+8.2f}{best[data]:+8.2f}"
                      f"{searched[data]:+8.2f}   best {min(ours):.4g} for {min(theirs):.4g}")


def of(losses, variant, data):
    found = [(c, loss) for (v, d, c), loss in losses.items() if (v, d) == (variant, data)]
    return [loss for _, loss in sorted(found)]


def told(gains):
    if len(gains) < 2:
        return "-"
    error = statistics.stdev(gains) / math.sqrt(len(gains))
    return f"{statistics.fmean(gains):+.3f}±{error:.3f}"


if __name__ == "__main__":
    main()
