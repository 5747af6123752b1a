// SGD on a GPU: sgd.rs, operation for operation.

#define ETUDE_STATE 1

static __device__ void etude_prepare(etude_u64, const double *hypers, float grad_scale, float *k)
{
    const double lr = hypers[0], momentum = hypers[1], weight_decay = hypers[2];
    k[0] = grad_scale;
    k[1] = (float)weight_decay;
    k[2] = (float)momentum;
    k[3] = (float)lr;
    k[4] = ETUDE_FLAG(0) ? 1.0f : 0.0f;
    k[5] = k[6] = k[7] = 0.0f;
}

// Without momentum the buffer is left alone.
static __device__ bool etude_remembers(const float *k)
{
    return k[2] != 0.0f;
}

static __device__ float etude_element(const float *k, float p, float g, float *b, float *)
{
    g = g * k[0] + k[1] * p;
    if (k[2] == 0.0f)
        return p - k[3] * g;
    *b = k[2] * *b + g;
    return p - k[3] * (k[4] != 0.0f ? g + k[2] * *b : *b);
}
