// What model.rs and run.rs do around the products.

// The examples of the step, in the epoch's order: x and y of a batch, of which `rows` are there.
extern "C" __global__ void etude_gather(const etude_u64 *clock, const unsigned *order, const float *examples,
                                        const unsigned char *labels, unsigned batch, unsigned rows, unsigned inputs,
                                        float *x, unsigned char *y)
{
    const etude_u64 i = (etude_u64)blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= (etude_u64)rows * inputs)
        return;
    const etude_u64 row = i / inputs, column = i % inputs;
    const etude_u64 example = order[(clock[ETUDE_STEP] - clock[ETUDE_EPOCH]) * batch + row];
    x[i] = examples[example * inputs + column];
    if (column == 0)
        y[row] = labels[example];
}

// sums[column] = the sum of a column of `matrix`, from the top.
extern "C" __global__ void etude_columns(const float *matrix, float *sums, unsigned rows, unsigned columns)
{
    const unsigned column = blockIdx.x * blockDim.x + threadIdx.x;
    if (column >= columns)
        return;
    float sum = 0.0f;
    for (unsigned row = 0; row < rows; row++)
        sum += matrix[(etude_u64)row * columns + column];
    sums[column] = sum;
}
