// AdamW on a GPU: adamw.rs, operation for operation.

#define ETUDE_STATE 2

static __device__ void etude_prepare(etude_u64 step, const double *hypers, float grad_scale, float *k)
{
    const double lr = hypers[0], beta1 = hypers[1], beta2 = hypers[2], eps = hypers[3], weight_decay = hypers[4];
    const etude_u64 t = etude_following(step);
    const double correction1 = 1.0 - etude_power(beta1, t), correction2 = 1.0 - etude_power(beta2, t);
    k[0] = grad_scale;
    k[1] = (float)(1.0 - lr * weight_decay);
    k[2] = (float)(1.0 - beta1);
    k[3] = (float)beta2;
    k[4] = (float)(1.0 - beta2);
    k[5] = (float)(1.0 / sqrt(correction2));
    k[6] = (float)eps;
    k[7] = (float)(lr / correction1);
}

static __device__ bool etude_remembers(const float *)
{
    return true;
}

static __device__ float etude_element(const float *k, float p, float g, float *m, float *v)
{
    g = g * k[0];
    *m = *m + k[2] * (g - *m);
    *v = k[3] * *v + k[4] * (g * g);
    return p * k[1] - k[7] * (*m / (sqrtf(*v) * k[5] + k[6]));
}
