// One update of the whole arena: four elements a thread, every group in one launch, the moving average in the same pass.

static __device__ void etude_one(const float *k, float *p, float g, float *a, float *b, float *average, bool first)
{
    *p = etude_element(k, *p, g, a, b);
#ifdef ETUDE_EMA_WEIGHT
    *average = first ? *p : *average + ETUDE_EMA_WEIGHT * (*p - *average);
#endif
}

// Segment s ends before element `ends[s]` and belongs to the group `groups[s]`; they are multiples of four.
extern "C" __global__ void __launch_bounds__(256)
    etude_update(const etude_u64 *clock, const float *constants, const etude_u64 *ends, const unsigned *groups,
                 float4 *param, const float4 *grad, float4 *slot0, float4 *slot1, float4 *average, etude_u64 count)
{
    const etude_u64 i = (etude_u64)blockIdx.x * blockDim.x + threadIdx.x;
    if (i * 4 >= count || clock[ETUDE_SKIP])
        return;
    int segment = 0;
    while (i * 4 >= ends[segment])
        segment++;
    float k[8];
    for (int j = 0; j < 8; j++)
        k[j] = constants[groups[segment] * 8 + j];
    const bool remembers = etude_remembers(k);
    float4 p = param[i], g = grad[i], a = make_float4(0, 0, 0, 0), b = a, e = a;
#if ETUDE_STATE > 0
    if (remembers)
        a = slot0[i];
#endif
#if ETUDE_STATE > 1
    if (remembers)
        b = slot1[i];
#endif
    // The tick has moved on to the next step.
    const bool first = clock[ETUDE_STEP] == 1;
#ifdef ETUDE_EMA_WEIGHT
    if (!first)
        e = average[i];
#endif
    etude_one(k, &p.x, g.x, &a.x, &b.x, &e.x, first);
    etude_one(k, &p.y, g.y, &a.y, &b.y, &e.y, first);
    etude_one(k, &p.z, g.z, &a.z, &b.z, &e.z, first);
    etude_one(k, &p.w, g.w, &a.w, &b.w, &e.w, first);
    param[i] = p;
#if ETUDE_STATE > 0
    if (remembers)
        slot0[i] = a;
#endif
#if ETUDE_STATE > 1
    if (remembers)
        slot1[i] = b;
#endif
#ifdef ETUDE_EMA_WEIGHT
    average[i] = e;
#endif
}
