#: _share
def _share(n, mul, sub, len):
    """(n * mul - sub) / len, in floats where 32 bits would overflow."""
    if n.dtype == jnp.int64:
        return (n * mul - sub) / len
    return (n - sub / mul) / (len / mul)
#: _noise
def _noise(seed, count):
    """Noise in [-1, 1) for a count: splitmix64, whose 64 bits are two halves, with x64 and without."""
    u32 = lambda x: jnp.asarray(x).astype(jnp.uint32)
    const = lambda c: (jnp.uint32(c >> 32), jnp.uint32(c & 0xFFFFFFFF))

    def add(a, b):
        low = a[1] + b[1]
        return a[0] + b[0] + u32(low < a[1]), low

    def mul(a, b):
        (a0, a1), (b0, b1) = ((x[1] & 0xFFFF, x[1] >> 16) for x in (a, b))
        middle = (a0 * b0 >> 16) + (a0 * b1 & 0xFFFF) + (a1 * b0 & 0xFFFF)
        high = a1 * b1 + (a0 * b1 >> 16) + (a1 * b0 >> 16) + (middle >> 16)
        return high + a[0] * b[1] + a[1] * b[0], a[1] * b[1]

    def fold(z, n):
        return z[0] ^ (z[0] >> n), z[1] ^ (z[1] >> n | z[0] << 32 - n)

    z = add((u32(count >> 16 >> 16), u32(count)), const(1))
    z = add(mul(z, const(0x9E3779B97F4A7C15)), const(seed % 2**64))
    z = mul(fold(z, 30), const(0xBF58476D1CE4E5B9))
    z = mul(fold(z, 27), const(0x94D049BB133111EB))
    high, low = fold(z, 31)
    return high.astype(float) * 2.0**-31 - 1.0 + (low >> 11).astype(float) * 2.0**-52
#: _bezier
def _bezier(u, x1, y1, x2, y2):
    """y where x is u, on the cubic curve from (0, 0) to (1, 1) with these handles."""

    def at(p, q, s):
        c, b = 3.0 * p, 3.0 * (q - p) - 3.0 * p
        return (((1.0 - c - b) * s + b) * s + c) * s

    def halve(k, s):
        middle = s + 0.5 ** (k + 1.0)
        return jnp.where(at(x1, x2, middle) <= u, middle, s)

    return at(y1, y2, jax.lax.fori_loop(0, 54, halve, jnp.zeros_like(u)))
