"""Runs emitted files and compares their values: `driver.py FOLDER python|jax`.

FOLDER/cases.txt has a line for each: the file, then step and bits of every value, step by step.
"""

import struct
import sys


def number(bits):
    return struct.unpack("<d", struct.pack("<Q", bits))[0]


def place(x):
    """The number of floats between 0 and x."""
    (bits,) = struct.unpack("<q", struct.pack("<d", x))
    return bits if bits >= 0 else -(bits & (2**63 - 1))


def functions(path):
    space = {}
    with open(path) as file:
        text = file.read()
    exec(compile(text, path, "exec"), space)
    return text, list(space["SCHEDULES"].values() if "SCHEDULES" in space else [list(space.values())[-1]])


def values_of(kind, call, steps):
    if kind == "python":
        return [float(call(step)) for step in steps]
    import jax
    import jax.numpy as jnp

    traced = jax.jit(jax.vmap(call))(jnp.asarray(steps))
    assert traced.shape == (len(steps),) and traced.dtype == jnp.zeros(()).dtype, (traced.shape, traced.dtype)
    return [float(x) for x in traced]


def main(folder, kind):
    if kind == "jax":
        import jax

        last = 2**53 - 1 if jax.config.jax_enable_x64 else 2**31 - 1
    else:
        last = 2**64
    compared = refused = 0
    for line in open(f"{folder}/cases.txt"):
        name, *words = line.split()
        text, calls = functions(f"{folder}/{name}")
        width = len(calls) + 1
        rows = [words[k : k + width] for k in range(0, len(words), width)]
        rows = [(int(row[0]), [number(int(bits)) for bits in row[1:]]) for row in rows if int(row[0]) <= last]
        steps = [step for step, _ in rows]
        for k, call in enumerate(calls):
            try:
                found = values_of(kind, call, steps)
            except TypeError as e:
                if "32 bits cannot hold" not in str(e) or last > 2**31:
                    raise
                refused += 1
                continue
            most = max(abs(values[k]) for _, values in rows)
            for (step, values), got in zip(rows, found):
                want = values[k]
                compared += 1
                if got != want or str(got) != str(want):
                    says = " ".join(text.split("\n\n")[0].split("\n#\n")[-1].replace("\n#", " ").split())
                    off = abs(got - want) / most if most else abs(got)
                    print("DIFFERS", name, k, step, repr(got), repr(want), place(got) - place(want), f"{off:.2e}", says, sep="\t")
    print("COMPARED", compared, refused, sep="\t")


main(*sys.argv[1:])
