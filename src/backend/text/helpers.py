#: _div
def _div(a, b):
    """a / b, infinite where Python raises."""
    if b != 0.0:
        return a / b
    return math.copysign(math.inf, a) * math.copysign(1.0, b) if a != 0.0 else math.nan
#: _pow
def _pow(x, y):
    """x to the power y, infinite where Python raises."""
    try:
        return math.pow(x, y)
    except OverflowError:
        return -math.inf if x < 0.0 and y % 2.0 == 1.0 else math.inf
    except ValueError:
        return math.inf if x == 0.0 else math.nan
#: _exp
def _exp(x):
    """e to the power x, infinite where Python raises."""
    return math.exp(x) if x < 709.78 else math.inf
#: _exp2
def _exp2(x):
    """2 to the power x, infinite where Python raises."""
    return 2.0**x if x < 1024.0 else math.inf
#: _log
def _log(log, x):
    """log(x), infinite where Python raises."""
    if x > 0.0:
        return log(x)
    return -math.inf if x == 0.0 else math.nan
#: _floor
def _floor(x):
    """The greatest integer not above x."""
    return x // 1.0 if math.isfinite(x) else x
#: _sigmoid
def _sigmoid(x):
    """1 / (1 + exp(-x))"""
    power = math.exp(-abs(x))
    return (power if x < 0.0 else 1.0) / (1.0 + power)
#: _noise
def _noise(seed, count):
    """Noise in [-1, 1) for a count: splitmix64."""
    mask = 2**64 - 1
    z = ((count + 1) * 0x9E3779B97F4A7C15 + seed) & mask
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
    return ((z ^ (z >> 31)) >> 11) * 2.0**-52 - 1.0
#: _bezier
try:
    from math import fma  # since Python 3.13
except ImportError:
    from fractions import Fraction

    def fma(a, b, c):
        """a * b + c, rounded once."""
        return float(Fraction(a) * Fraction(b) + Fraction(c))


def _bezier(u, x1, y1, x2, y2):
    """y where x is u, on the cubic curve from (0, 0) to (1, 1) with these handles."""

    def cubic(p, q):
        c = 3.0 * p
        b = 3.0 * (q - p) - c
        return c, b, 1.0 - c - b

    def at(curve, s):
        c, b, a = curve
        return fma(fma(a, s, b), s, c) * s

    x, y, s = cubic(x1, x2), cubic(y1, y2), 0.0
    for k in range(1, 55):
        if at(x, s + 0.5**k) <= u:
            s += 0.5**k
    return at(y, s)
