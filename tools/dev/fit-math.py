#!/usr/bin/env python3
"""Prints the polynomials of bridge-expand-math: minimax by Remez' exchange, rounded to f32 from the lowest power on,
each time fitting the rest again. Needs numpy and mpmath."""
import mpmath as mp
import numpy as np

mp.mp.dps = 40


def remez(f, powers, lo, hi, weight):
    """Coefficients c with max |weight(x)·(Σ c_i x^powers_i − f(x))| least over [lo, hi], and that maximum."""
    count = len(powers) + 1
    points = [(lo + hi) / 2 + (lo - hi) / 2 * mp.cos(mp.pi * i / (count - 1)) for i in range(count)]
    grid = [lo + (hi - lo) * mp.mpf(i) / 1000 for i in range(1001)]
    worst = mp.mpf(0)
    for _ in range(12):
        a = mp.matrix(count, count)
        b = mp.matrix(count, 1)
        for row, x in enumerate(points):
            for column, power in enumerate(powers):
                a[row, column] = x**power
            a[row, count - 1] = (-1) ** row / weight(x)
            b[row] = f(x)
        solution = mp.lu_solve(a, b)
        coefficients = [solution[i] for i in range(len(powers))]
        errors = [weight(x) * (sum(c * x**p for c, p in zip(coefficients, powers)) - f(x)) for x in grid]
        worst = max(abs(e) for e in errors)
        # One extremum of each run of equal signs.
        runs = []
        for x, e in zip(grid, errors):
            if runs and (runs[-1][1] > 0) == (e > 0):
                if abs(e) > abs(runs[-1][1]):
                    runs[-1] = (x, e)
            else:
                runs.append((x, e))
        while len(runs) > count:
            runs.pop(0 if abs(runs[0][1]) < abs(runs[-1][1]) else -1)
        if len(runs) < count:
            break
        points = [x for x, _ in runs]
    return coefficients, worst


def fit(name, f, powers, lo, hi, weight):
    """Prints the coefficients of f, whose values are those of a double, as f32."""
    lo, hi = mp.mpf(lo), mp.mpf(hi)
    fixed = []
    rest = list(powers)
    target = f
    while rest:
        coefficients, worst = remez(target, rest, lo, hi, weight)
        rounded = float(np.float32(float(coefficients[0])))
        fixed.append((rest[0], rounded))
        rest = rest[1:]
        target = lambda x, known=tuple(fixed): f(x) - sum(c * x**p for p, c in known)
    grid = [lo + (hi - lo) * mp.mpf(i) / 2000 for i in range(2001)]
    worst = max(abs(weight(x) * target(x)) for x in grid)
    print(f"// {name}: powers {list(powers)} on [{mp.nstr(lo, 8)}, {mp.nstr(hi, 8)}], error {mp.nstr(worst, 3)}")
    print("{" + ", ".join(f"{float(np.float32(c)):.9g}f" for _, c in fixed) + "}")


def even(function, at_zero):
    """x ↦ function(√x), with its value at 0."""
    return lambda u: at_zero if u < mp.mpf("1e-30") else function(mp.sqrt(u))


half_ln2 = mp.log(2) / 2
quarter_pi = mp.pi / 4

# 2^x − 1 over x: the constant 1 is exact.
fit("exp2", lambda x: (mp.expm1(x * mp.log(2)) / x if x else mp.log(2)), range(0, 5), -0.5, 0.5,
    lambda x: abs(x) / mp.power(2, x) + mp.mpf("1e-6"))
# (e^x − 1 − x) / x².
fit("exp", lambda x: ((mp.expm1(x) - x) / x**2 if abs(x) > mp.mpf("1e-9") else mp.mpf(1) / 2), range(0, 5),
    -half_ln2, half_ln2, lambda x: x**2 / mp.exp(x) + mp.mpf("1e-7"))
# (log(1 + x) − x + x²/2) / x³.
fit("log", lambda x: ((mp.log1p(x) - x + x**2 / 2) / x**3 if abs(x) > mp.mpf("1e-8") else mp.mpf(1) / 3), range(0, 9),
    mp.sqrt(0.5) - 1, mp.sqrt(2) - 1, lambda x: abs(x**3 / mp.log1p(x)) + mp.mpf("1e-7") if x else mp.mpf("1e-7"))
# (tanh x / x − 1) / x² in x².
fit("tanh", even(lambda x: (mp.tanh(x) / x - 1) / x**2, -mp.mpf(1) / 3), range(0, 5), 0, mp.mpf("0.625") ** 2,
    lambda u: u + mp.mpf("1e-5"))
# (sin x / x − 1) / x² and (cos x − 1 + x²/2) / x⁴ in x².
fit("sin", even(lambda x: (mp.sin(x) / x - 1) / x**2, -mp.mpf(1) / 6), range(0, 3), 0, quarter_pi**2,
    lambda u: u + mp.mpf("1e-5"))
fit("cos", even(lambda x: (mp.cos(x) - 1 + x**2 / 2) / x**4, mp.mpf(1) / 24), range(0, 3), 0, quarter_pi**2,
    lambda u: u**2 + mp.mpf("1e-5"))



def erf_slope(place):
    x = erf_bound * mp.sqrt((place + 1) / 2)
    return mp.erf(x) / x if x > mp.mpf("1e-20") else 2 / mp.sqrt(mp.pi)


# erf x / x in 2 (x / 3.92)² − 1.
erf_bound = mp.mpf("3.92")
coefficients, worst = remez(erf_slope, list(range(16)), mp.mpf(-1), mp.mpf(1), lambda place: 1 / erf_slope(place))
print(f"// erf: powers 0 to 15 on [-1, 1], error {mp.nstr(worst, 3)}")
print("{" + ", ".join(f"{float(c):.9g}f" for c in coefficients) + "}")
