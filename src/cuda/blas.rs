//! Matrix products by cuBLAS, where it is installed.

use cudarc::cublas::{result, sys};

use super::{Buffer, Device, Error, View, libraries};

/// What cuBLAS may use inside a graph; its own advice for Hopper, and enough for the others.
const WORKSPACE: usize = 32 << 20;

/// A cuBLAS handle on a device's stream.
#[derive(Debug)]
pub struct Blas {
    handle: sys::cublasHandle_t,
    /// Alive as long as the handle, and the stream with it.
    workspace: Buffer<u8>,
    device: Device,
}

impl Drop for Blas {
    #[allow(unsafe_code)]
    fn drop(&mut self) {
        // SAFETY: the handle was created here and is destroyed once. After a failure of the GPU this fails, too; then
        // there is nothing left to release. (cudarc's own wrapper would panic.)
        _ = unsafe { result::destroy_handle(self.handle) };
    }
}

/// A row-major matrix on the GPU, perhaps to be read transposed.
#[derive(Clone, Copy, Debug)]
pub struct Mat<'a> {
    data: View<'a, f32>,
    /// Rows and columns, as it is read.
    rows: usize,
    columns: usize,
    /// Whether the elements are those of the transpose.
    transposed: bool,
}

impl<'a> Mat<'a> {
    /// A row-major matrix, which fills `data`.
    ///
    /// # Panics
    /// When it does not.
    pub fn new(data: View<'a, f32>, rows: usize, columns: usize) -> Self {
        assert_eq!(Some(data.len()), rows.checked_mul(columns), "a matrix fills its memory");
        Self { data, rows, columns, transposed: false }
    }

    /// The elements.
    pub fn data(self) -> View<'a, f32> {
        self.data
    }

    /// The transpose, without copying.
    pub fn transposed(self) -> Self {
        Self { rows: self.columns, columns: self.rows, transposed: !self.transposed, ..self }
    }

    /// Elements from one row of the memory to the next.
    fn stride(self) -> usize {
        if self.transposed { self.rows } else { self.columns }
    }

    /// Elements from one row, and from one column, to the next.
    pub fn strides(self) -> [usize; 2] {
        if self.transposed { [1, self.stride()] } else { [self.stride(), 1] }
    }

    /// The extents of self·b, rows, columns and inner, which `out` has room for.
    ///
    /// # Panics
    /// When they do not agree.
    pub fn product(self, b: Self, out: View<'_, f32>) -> [usize; 3] {
        assert_eq!(self.columns, b.rows, "the inner dimensions agree");
        assert_eq!(out.len(), self.rows * b.columns, "the product fills its memory");
        [self.rows, b.columns, self.columns]
    }
}

impl Blas {
    /// Opens cuBLAS; `None` where it is not installed.
    ///
    /// # Errors
    /// [`Error::Memory`] for its workspace, [`Error::Call`] where it is installed and does not start.
    pub fn open(device: &Device) -> Result<Option<Self>, Error> {
        // SAFETY: it only tries to open the library.
        #[allow(unsafe_code)]
        let found = || unsafe { sys::is_culib_present() };
        if !libraries::present(found, libraries::CUBLAS) {
            return Ok(None);
        }
        let workspace = device.zeros::<u8>(WORKSPACE)?;
        let failed = |e: result::CublasError| super::call("start cuBLAS", format!("{:?}", e.0));
        let handle = result::create_handle().map_err(failed)?;
        let blas = Self { handle, workspace, device: device.clone() };
        let (place, len) = (blas.workspace.all().pointer(), blas.workspace.len());
        // SAFETY: the handle is open, the stream outlives it, and the workspace is as long as said and lives as long as
        // the handle. Setting the stream would reset the workspace, so it comes first.
        #[allow(unsafe_code)]
        let set = unsafe {
            result::set_stream(handle, device.stream.cu_stream() as _)
                .and_then(|()| sys::cublasSetWorkspace_v2(handle, place as *mut _, len).result())
        };
        set.map_err(failed)?;
        Ok(Some(blas))
    }

    /// out = a·b; `out` is row-major.
    ///
    /// # Errors
    /// [`Error::Call`].
    ///
    /// # Panics
    /// When the extents do not agree.
    pub fn matmul(&self, out: View<'_, f32>, a: Mat<'_>, b: Mat<'_>) -> Result<(), Error> {
        let [rows, columns, inner] = a.product(b, out);
        [out, a.data, b.data].into_iter().try_for_each(|view| self.device.owns(view, "multiply matrices"))?;
        let int = |n: usize| i32::try_from(n).map_err(|_| super::call("multiply matrices", "one is too large"));
        let operation = |m: Mat<'_>| {
            if m.transposed { sys::cublasOperation_t::CUBLAS_OP_T } else { sys::cublasOperation_t::CUBLAS_OP_N }
        };
        let (m, n, k) = (int(columns)?, int(rows)?, int(inner)?);
        let (lda, ldb) = (int(b.stride())?, int(a.stride())?);
        // SAFETY: cuBLAS reads matrices by columns, so what is row-major here is transposed there, and outᵀ = bᵀ·aᵀ. Every
        // matrix fills its memory, which the views keep alive until the work is in the stream; buffers outlive that.
        #[allow(unsafe_code)]
        let result = unsafe {
            sys::cublasSgemm_v2(
                self.handle,
                operation(b),
                operation(a),
                m,
                n,
                k,
                &1.0,
                b.data.pointer() as *const f32,
                lda,
                a.data.pointer() as *const f32,
                ldb,
                &0.0,
                out.pointer() as *mut f32,
                m,
            )
        };
        result.result().map_err(|e| super::call("multiply matrices", format!("{:?}", e.0)))
    }
}
