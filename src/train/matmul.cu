// out = a·b with any strides, `out` row-major (rows × columns): the products of an element are added in the order of the
// inner index, so its bits depend on nothing else. A block makes 64 × 64 elements, a thread 4 × 4.

#define ETUDE_TILE 64
#define ETUDE_DEPTH 16

extern "C" __global__ void __launch_bounds__(256)
    etude_matmul(float *out, const float *a, const float *b, unsigned rows, unsigned columns, unsigned inner,
                 unsigned a_row, unsigned a_column, unsigned b_row, unsigned b_column)
{
    __shared__ float left[ETUDE_DEPTH][ETUDE_TILE + 1];
    __shared__ float right[ETUDE_DEPTH][ETUDE_TILE + 1];
    const unsigned thread = threadIdx.x, top = blockIdx.y * ETUDE_TILE, start = blockIdx.x * ETUDE_TILE;
    const unsigned y = thread / 16, x = thread % 16;
    float sum[4][4] = {};
    for (unsigned from = 0; from < inner; from += ETUDE_DEPTH) {
        for (unsigned i = thread; i < ETUDE_TILE * ETUDE_DEPTH; i += 256) {
            // Neighbouring threads read neighbouring numbers.
            const unsigned ad = a_column == 1 ? i % ETUDE_DEPTH : i / ETUDE_TILE;
            const unsigned ar = a_column == 1 ? i / ETUDE_DEPTH : i % ETUDE_TILE;
            const unsigned bd = b_column == 1 ? i / ETUDE_TILE : i % ETUDE_DEPTH;
            const unsigned bc = b_column == 1 ? i % ETUDE_TILE : i / ETUDE_DEPTH;
            const bool inside_a = top + ar < rows && from + ad < inner;
            const bool inside_b = start + bc < columns && from + bd < inner;
            left[ad][ar] = inside_a ? a[(etude_u64)(top + ar) * a_row + (etude_u64)(from + ad) * a_column] : 0.0f;
            right[bd][bc] = inside_b ? b[(etude_u64)(from + bd) * b_row + (etude_u64)(start + bc) * b_column] : 0.0f;
        }
        __syncthreads();
        // Only numbers that are there: 0 times an infinity would be NaN.
        const unsigned depth = inner - from < ETUDE_DEPTH ? inner - from : ETUDE_DEPTH;
        for (unsigned d = 0; d < depth; d++) {
            float l[4], r[4];
            for (int i = 0; i < 4; i++) {
                l[i] = left[d][y + 16 * i];
                r[i] = right[d][x + 16 * i];
            }
            for (int i = 0; i < 4; i++)
                for (int j = 0; j < 4; j++)
                    sum[i][j] += l[i] * r[j];
        }
        __syncthreads();
    }
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 4; j++) {
            const unsigned row = top + y + 16 * i, column = start + x + 16 * j;
            if (row < rows && column < columns)
                out[(etude_u64)row * columns + column] = sum[i][j];
        }
}
