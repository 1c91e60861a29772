#!/bin/sh
# How well the nearest neighbours of a flower tell its species, in nothing but a shell and awk.
#
# usage: neighbours.sh TABLE NEIGHBOURS POWER WEIGHTS
#
# The table has numbers and, last, the species. A fold is every TUNE_FOLDS-th row. The shares of the species among the
# neighbours, by distance or alike, are taken for probabilities; the loss is their cross-entropy, smoothed a little.

exec awk -F, -v k="$2" -v power="$3" -v weights="$4" -v fold="$TUNE_FOLD" -v folds="$TUNE_FOLDS" '
NR == 1 { n_features = NF - 1; next }
{
    n++
    for (j = 1; j <= n_features; j++) x[n, j] = $j
    y[n] = $NF
    if (!($NF in seen)) { seen[$NF] = 1; n_classes++ }
}
END {
    for (i = 1; i <= n; i++) if (i % folds == fold) {
        for (c in seen) share[c] = 0.1
        total = 0.1 * n_classes
        for (t = 1; t <= n; t++) if (t % folds != fold) {
            d[t] = 0
            for (j = 1; j <= n_features; j++) {
                gap = x[i, j] - x[t, j]
                if (gap < 0) gap = -gap
                if (gap > 0) d[t] += exp(power * log(gap))
            }
        }
        for (m = 1; m <= k; m++) {
            nearest = 0
            for (t = 1; t <= n; t++) if (t % folds != fold && d[t] >= 0 && (!nearest || d[t] < d[nearest])) nearest = t
            w = weights == "distance" ? 1 / (d[nearest] + 0.01) : 1
            share[y[nearest]] += w
            total += w
            d[nearest] = -1
        }
        loss -= log(share[y[i]] / total)
        best = y[i]
        for (c in seen) if (share[c] > share[best]) best = c
        wrong += best != y[i]
        n_scored++
    }
    printf "%d flowers scored\n", n_scored
    printf "{\"loss\": %.9f, \"error_rate\": %.9f}\n", loss / n_scored, wrong / n_scored
}' "$1"
