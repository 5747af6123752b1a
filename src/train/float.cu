// exp, tanh and ln on a GPU: float.rs, operation for operation.

static __device__ float etude_expf(float x)
{
    const float round = 12582912.0f;
    x = x < -87.3f ? -87.3f : x > 88.3f ? 88.3f : x;
    const float shifted = x * 1.44269504f + round;
    const float n = shifted - round;
    const float r = x - n * 0.6933594f + n * 2.1219444e-4f;
    float p = 1.9875691e-4f * r + 1.3981999e-3f;
    p = p * r + 8.333452e-3f;
    p = p * r + 4.1665796e-2f;
    p = p * r + 1.6666665e-1f;
    p = p * r + 0.5f;
    p = p * (r * r) + r + 1.0f;
    const unsigned exponent = (__float_as_uint(shifted) - __float_as_uint(round) + 127u) << 23;
    return p * __uint_as_float(exponent);
}

static __device__ float etude_tanhf(float x)
{
    x = x < -7.905311f ? -7.905311f : x > 7.905311f ? 7.905311f : x;
    const float z = x * x;
    float p = -2.7607685e-16f * z + 2.000188e-13f;
    p = p * z - 8.604672e-11f;
    p = p * z + 5.122297e-8f;
    p = p * z + 1.4857224e-5f;
    p = p * z + 6.3726193e-4f;
    p = p * z + 4.8935246e-3f;
    float q = 1.1982584e-6f * z + 1.1853471e-4f;
    q = q * z + 2.2684346e-3f;
    q = q * z + 4.893525e-3f;
    return x * p / q;
}

static __device__ double etude_natural(double x)
{
    if (x != x || x - x != 0.0 && x > 0.0)
        return x;
    if (x < ETUDE_F64(1ll << 52))
        return ETUDE_F64(x < 0.0 ? 0x7ff8000000000000ll : (etude_i64)0xfff0000000000000ull);
    const etude_i64 bits = ETUDE_BITS(x);
    etude_i64 e = (etude_i64)((etude_u64)bits >> 52) - 1023;
    double m = ETUDE_F64((bits & ((1ll << 52) - 1)) | 1023ll << 52);
    if (m > 1.4142135623730951) {
        m /= 2.0;
        e += 1;
    }
    const double s = (m - 1.0) / (m + 1.0), z = s * s;
    double sum = 0.0;
    for (int k = 11; k >= 1; k--)
        sum = sum * z + 1.0 / (double)(2 * k + 1);
    return (double)e * 0.6931471805599453 + (2.0 * s + 2.0 * s * z * sum);
}
