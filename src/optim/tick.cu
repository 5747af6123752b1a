// One step's scalars, by one block: the loss, the gradient norm, every hyperparameter and the constants of the update.
//
// `clock` holds the next step, the first step of the window (whose records and table rows come first), the epoch's first
// step, and whether the step is skipped: a loss or gradient that is not finite, or a hyperparameter outside its range,
// leaves the parameters and the schedule where they are. So does the end of the window.

#define ETUDE_STEP 0
#define ETUDE_WINDOW 1
#define ETUDE_EPOCH 2
#define ETUDE_SKIP 3

// The loss, the norm, every hyperparameter.
#define ETUDE_RECORD (2 + ETUDE_GROUPS * ETUDE_HYPERS)

static __device__ bool etude_finite(double x)
{
    return x - x == 0.0;
}

// `clip_scale` of norm.rs.
static __device__ float etude_clip(double norm)
{
#ifdef ETUDE_CLIP_NORM
    const double scale = ETUDE_CLIP_NORM / (norm + 1e-6);
    return (float)(scale < 1.0 ? scale : 1.0);
#else
    return 1.0f;
#endif
}

extern "C" __global__ void __launch_bounds__(ETUDE_LANES)
    etude_tick(etude_u64 *clock, const double *inputs, const double *partial, etude_u64 partials, const double *losses,
               etude_u64 examples, double *records, etude_u64 window, float *constants)
{
    __shared__ double lanes[ETUDE_LANES];
    __shared__ double values[ETUDE_GROUPS * ETUDE_HYPERS];
    __shared__ int skip;
    const double norm = sqrt(etude_fold(partial, partials, lanes));
    const double loss = etude_fold(losses, examples, lanes);
    const etude_u64 step = clock[ETUDE_STEP];
    const etude_u64 row = step - clock[ETUDE_WINDOW];
    if (threadIdx.x == 0) {
        bool allowed = row < window && etude_finite(loss) && etude_finite(norm);
        if (row < window) {
            double *record = records + row * ETUDE_RECORD;
            record[0] = loss;
            record[1] = norm;
            etude_values(step, row, inputs, values);
            for (int i = 0; i < ETUDE_GROUPS * ETUDE_HYPERS; i++) {
                record[2 + i] = values[i];
                allowed = allowed && etude_allowed(i % ETUDE_HYPERS, values[i]);
            }
        }
        skip = !allowed;
    }
    __syncthreads();
    for (int group = threadIdx.x; group < ETUDE_GROUPS; group += ETUDE_LANES)
        etude_prepare(step, values + group * ETUDE_HYPERS, etude_clip(norm), constants + group * 8);
    // Every thread has read the step.
    __syncthreads();
    if (threadIdx.x == 0) {
        clock[ETUDE_SKIP] = skip;
        if (!skip)
            clock[ETUDE_STEP] = step + 1;
    }
}
