// What every rule's `etude_prepare` may use: rule.rs.

#define ETUDE_FLAG(n) ((ETUDE_FLAGS >> (n)) & 1)

static __device__ etude_u64 etude_following(etude_u64 step)
{
    return step + (step != ~0ull);
}

static __device__ double etude_power(double base, etude_u64 exponent)
{
    double square = base, result = 1.0;
    for (; exponent > 0; exponent >>= 1) {
        if (exponent & 1)
            result *= square;
        square *= square;
    }
    return result;
}
