// The non-linearities on a GPU: activation.rs, operation for operation. ETUDE_RELU, …, and which one ETUDE_ACTIVATION
// is, come from the same table.

#define ETUDE_GELU_SCALE 0.7978846f
#define ETUDE_GELU_CUBE 0.044715f

static __device__ float etude_activated(float x)
{
#if ETUDE_ACTIVATION == ETUDE_RELU
    return x <= 0.0f ? 0.0f : x;
#elif ETUDE_ACTIVATION == ETUDE_TANH
    return etude_tanhf(x);
#elif ETUDE_ACTIVATION == ETUDE_GELU
    return 0.5f * x * (1.0f + etude_tanhf(ETUDE_GELU_SCALE * (x + ETUDE_GELU_CUBE * (x * x * x))));
#elif ETUDE_ACTIVATION == ETUDE_SILU
    return x / (1.0f + etude_expf(-x));
#else
#error "an activation without a kernel"
#endif
}

static __device__ float etude_slope(float x)
{
#if ETUDE_ACTIVATION == ETUDE_RELU
    return x <= 0.0f ? 0.0f : 1.0f;
#elif ETUDE_ACTIVATION == ETUDE_TANH
    return 1.0f - etude_tanhf(x) * etude_tanhf(x);
#elif ETUDE_ACTIVATION == ETUDE_GELU
    const float t = etude_tanhf(ETUDE_GELU_SCALE * (x + ETUDE_GELU_CUBE * (x * x * x)));
    const float inner = ETUDE_GELU_SCALE * (1.0f + 3.0f * ETUDE_GELU_CUBE * (x * x));
    return 0.5f * (1.0f + t) + 0.5f * x * (1.0f - t * t) * inner;
#elif ETUDE_ACTIVATION == ETUDE_SILU
    const float s = 1.0f / (1.0f + etude_expf(-x));
    return s * (1.0f + x * (1.0f - s));
#endif
}

// pre += bias, row by row; post = f(pre).
extern "C" __global__ void etude_activate(float *pre, const float *bias, float *post, unsigned rows, unsigned columns)
{
    const etude_u64 i = (etude_u64)blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= (etude_u64)rows * columns)
        return;
    const float x = bias[i % columns] + pre[i];
    pre[i] = x;
    post[i] = etude_activated(x);
}

// delta *= f'(pre).
extern "C" __global__ void etude_deactivate(const float *pre, float *delta, unsigned rows, unsigned columns)
{
    const etude_u64 i = (etude_u64)blockIdx.x * blockDim.x + threadIdx.x;
    if (i < (etude_u64)rows * columns)
        delta[i] *= etude_slope(pre[i]);
}
