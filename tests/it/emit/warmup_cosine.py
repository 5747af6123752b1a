# Written by etude VERSION; change the program, not this file.
#
#     warmup(5%) >> cosine(1e-3 -> 0)
#     for 10000 steps
#
# The values are etude's own, bit for bit, but for what this platform computes, a few units in the
# last place off: the half cosine, sin(pi / 2 * u) ** 2.

import math


def lr(step: int) -> float:
    """`lr` after so many updates."""
    if step < 500:
        return 0.001 * (step / 500)
    if step < 5250:
        return 0.001 - 0.001 * math.sin(math.pi / 2 * ((step - 500) / 9500)) ** 2
    if step < 10000:
        return 0.001 * math.sin(math.pi / 2 * ((10000 - step) / 9500)) ** 2
    return 0.0
