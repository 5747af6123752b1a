// Sums in the fixed order of norm.rs: a block of 256 lanes strides over a chunk and folds by halves.

#define ETUDE_CHUNK 4096
#define ETUDE_LANES 256

// Every thread of the block calls it; the sum is in `lanes[0]` of every thread.
static __device__ double etude_halve(double *lanes)
{
    const unsigned lane = threadIdx.x;
    for (unsigned width = ETUDE_LANES / 2; width > 0; width /= 2) {
        __syncthreads();
        if (lane < width)
            lanes[lane] += lanes[lane + width];
    }
    __syncthreads();
    return lanes[0];
}

// The sum of `count` numbers, by one block.
static __device__ double etude_fold(const double *numbers, etude_u64 count, double *lanes)
{
    double sum = 0.0;
    for (etude_u64 i = threadIdx.x; i < count; i += ETUDE_LANES)
        sum += numbers[i];
    // The lanes of an earlier fold have been read.
    __syncthreads();
    lanes[threadIdx.x] = sum;
    return etude_halve(lanes);
}

// partial[block] = the sum of the squares of a chunk of x.
extern "C" __global__ void __launch_bounds__(ETUDE_LANES) etude_squares(const float *x, etude_u64 count, double *partial)
{
    __shared__ double lanes[ETUDE_LANES];
    const etude_u64 start = (etude_u64)blockIdx.x * ETUDE_CHUNK;
    const etude_u64 end = start + ETUDE_CHUNK < count ? start + ETUDE_CHUNK : count;
    double sum = 0.0;
    for (etude_u64 i = start + threadIdx.x; i < end; i += ETUDE_LANES) {
        const double number = (double)x[i];
        sum += number * number;
    }
    lanes[threadIdx.x] = sum;
    const double total = etude_halve(lanes);
    if (threadIdx.x == 0)
        partial[blockIdx.x] = total;
}
