# Written by etude VERSION; change the program, not this file.
#
#     warmup(5%) >> cosine(1e-3 -> 0)
#     for 10000 steps
#
# A schedule as optax takes them: the step may be traced, and an array. With jax_enable_x64 the
# values are etude's own but for the last bits; without it they are as good as float32.

import jax.numpy as jnp


def lr(step):
    """`lr` after so many updates."""
    step = jnp.asarray(step, int)
    return jnp.select(
        [step < 500, step < 5250, step < 10000],
        [
            0.001 * (step / 500),
            0.001 - 0.001 * jnp.sin(jnp.pi / 2 * ((step - 500) / 9500)) ** 2,
            0.001 * jnp.sin(jnp.pi / 2 * ((10000 - step) / 9500)) ** 2,
        ],
        0.0,
    )
