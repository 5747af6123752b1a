// Softmax cross-entropy on a GPU: loss.rs, operation for operation, one thread for each example.

// logits += bias, and what each example gives; with `gradient` the logits become the gradient of the mean loss.
extern "C" __global__ void etude_loss(float *logits, const float *bias, const unsigned char *labels, unsigned rows,
                                      unsigned classes, unsigned gradient, double *losses, unsigned *correct)
{
    const unsigned example = blockIdx.x * blockDim.x + threadIdx.x;
    if (example >= rows)
        return;
    float *row = logits + (etude_u64)example * classes;
    const unsigned label = labels[example];
    float largest = -__uint_as_float(0x7f800000u);
    for (unsigned c = 0; c < classes; c++) {
        row[c] += bias[c];
        // Skips NaN; the sum keeps it.
        largest = row[c] > largest ? row[c] : largest;
    }
    double sum = 0.0;
    unsigned found = classes;
    for (unsigned c = 0; c < classes; c++) {
        sum += (double)etude_expf(row[c] - largest);
        if (row[c] == largest && found == classes)
            found = c;
    }
    losses[example] = etude_natural(sum) - (double)(row[label] - largest);
    correct[example] = found == label;
    if (gradient) {
        const float weight = 1.0f / (float)rows;
        const float scale = (float)((double)weight / sum);
        for (unsigned c = 0; c < classes; c++)
            row[c] = etude_expf(row[c] - largest) * scale;
        row[label] -= weight;
    }
}
