//! Matrix products: a checked face on the crate `gemm-f32`, single-threaded, so that an element's bits depend on the shapes
//! and the processor's instruction set alone.

/// A matrix inside a slice: element (i, j) is at i · `row_stride` + j · `col_stride`.
#[derive(Clone, Copy)]
pub(crate) struct Mat<'a> {
    data: &'a [f32],
    rows: usize,
    cols: usize,
    row_stride: usize,
    col_stride: usize,
}

impl<'a> Mat<'a> {
    /// A row-major matrix, which fills `data`.
    pub(crate) fn new(data: &'a [f32], rows: usize, cols: usize) -> Self {
        assert_eq!(Some(data.len()), rows.checked_mul(cols), "a matrix fills its slice");
        Self { data, rows, cols, row_stride: cols, col_stride: 1 }
    }

    /// The transpose, without copying.
    pub(crate) fn transposed(self) -> Self {
        let Self { data, rows, cols, row_stride, col_stride } = self;
        Self { data, rows: cols, cols: rows, row_stride: col_stride, col_stride: row_stride }
    }
}

/// out = a·b, or out += a·b; `out` is row-major.
#[allow(unsafe_code)]
pub(crate) fn matmul(out: &mut [f32], accumulate: bool, a: Mat<'_>, b: Mat<'_>) {
    assert_eq!(a.cols, b.rows, "the inner dimensions agree");
    assert_eq!(out.len(), a.rows * b.cols, "the product fills its slice");
    let stride = |n: usize| n as isize;
    // The kernels are made for columns that lie together: of the transposes, b·a in that order.
    // SAFETY: each matrix fills its slice (checked in `Mat::new` and above; a transpose keeps the same elements), so every
    // index formed from dimensions and strides is in bounds. `out` is borrowed mutably, so it overlaps neither input.
    // Strides are at most a slice's length, which fits isize.
    unsafe {
        (gemm_f32::gemm::f32::get_gemm_fn())(
            b.cols,
            a.rows,
            a.cols,
            out.as_mut_ptr(),
            stride(b.cols),
            1,
            accumulate,
            b.data.as_ptr(),
            stride(b.row_stride),
            stride(b.col_stride),
            a.data.as_ptr(),
            stride(a.row_stride),
            stride(a.col_stride),
            1.0,
            1.0,
            false,
            false,
            false,
            gemm_common::Parallelism::None,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn multiplies_and_transposes() {
        let a = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        let b = [1.0, 0.0, -1.0, 2.0, 1.0, 1.0];
        let mut out = [0.0; 4];
        matmul(&mut out, false, Mat::new(&a, 2, 3), Mat::new(&b, 3, 2));
        assert_eq!(out, [2.0, 7.0, 5.0, 16.0]);
        matmul(&mut out, true, Mat::new(&a, 2, 3), Mat::new(&b, 2, 3).transposed());
        assert_eq!(out, [2.0 - 2.0, 7.0 + 7.0, 5.0 - 2.0, 16.0 + 19.0]);
    }
}
