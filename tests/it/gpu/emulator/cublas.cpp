// libcublas: products of matrices of floats, each sum in the order of k, rounded after every operation.
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

#include "entry.h"

namespace {

enum Status {
    SUCCESS = 0, NOT_INITIALIZED = 1, ALLOC_FAILED = 3, INVALID_VALUE = 7, EXECUTION_FAILED = 13, NOT_SUPPORTED = 15,
};

struct Handle {
    void *stream = nullptr;
    int math_mode = 0, atomics_mode = 0;
};

// The driver is found when the program has loaded it, as the real library does.
struct Driver {
    void *library = nullptr;
    int (*submit)(void *stream, int (*run)(void *), void *data, void (*drop)(void *)) = nullptr;
    bool (*inside)(const char *what, uint64_t address, size_t bytes) = nullptr;
    int (*forbidden)() = nullptr;
};

Driver &driver() {
    static auto &it = *new Driver;
    if (!it.library && (it.library = dlopen("libcuda.so", RTLD_NOW | RTLD_LOCAL))) {
        it.submit = (decltype(it.submit))dlsym(it.library, "emulator_submit");
        it.inside = (decltype(it.inside))dlsym(it.library, "emulator_inside");
        it.forbidden = (decltype(it.forbidden))dlsym(it.library, "emulator_forbidden");
    }
    return it;
}

std::recursive_mutex &lock() {
    static auto &it = *new std::recursive_mutex;
    return it;
}

std::set<Handle *> &handles() {
    static auto &it = *new std::set<Handle *>;
    return it;
}

struct Matrix {
    const float *data;
    long stride;
    bool transposed;
};

struct Product {
    Matrix a, b;
    float *c;
    long m, n, k, ldc;
    float alpha, beta;
};

// Whether memory holds the matrix of so many rows and columns, from its first element to its last.
bool holds(const char *what, const Matrix &matrix, long rows, long columns) {
    if (matrix.transposed) {
        std::swap(rows, columns);
    }
    size_t bytes = rows && columns ? size_t((columns - 1) * matrix.stride + rows) * sizeof(float) : 0;
    return driver().inside(what, (uint64_t)matrix.data, bytes);
}

bool reachable(const Product &p) {
    bool inputs = holds("cublasSgemm's A", p.a, p.m, p.k) && holds("cublasSgemm's B", p.b, p.k, p.n);
    return (inputs || p.alpha == 0) && holds("cublasSgemm's C", {p.c, p.ldc, false}, p.m, p.n);
}

int multiply(void *data) {
    const Product &p = *(const Product *)data;
    if (!reachable(p)) {
        return 700;
    }
    std::vector<float> sums(p.m), plain;
    const float *a = p.a.data;
    long stride = p.a.stride;
    if (p.a.transposed && p.alpha != 0) {
        // Turned once, so that the inner loop walks along memory.
        plain.resize(size_t(p.m) * p.k);
        for (long i = 0; i < p.m; i++) {
            for (long l = 0; l < p.k; l++) {
                plain[i + l * p.m] = p.a.data[l + i * p.a.stride];
            }
        }
        a = plain.data();
        stride = p.m;
    }
    for (long j = 0; j < p.n; j++) {
        float *c = p.c + j * p.ldc;
        std::fill(sums.begin(), sums.end(), 0.0f);
        // A zero alpha reads neither A nor B, a zero beta does not read C.
        for (long l = 0; p.alpha != 0 && l < p.k; l++) {
            float factor = p.b.transposed ? p.b.data[j + l * p.b.stride] : p.b.data[l + j * p.b.stride];
            for (long i = 0; i < p.m; i++) {
                sums[i] += a[i + l * stride] * factor;
            }
        }
        for (long i = 0; i < p.m; i++) {
            float value = p.alpha * sums[i];
            c[i] = p.beta == 0 ? value : value + p.beta * c[i];
        }
    }
    return 0;
}

}  // namespace

#define ENTER ENTER_WITH(lock())
#define ENTER_HANDLE                                                                                                   \
    ENTER                                                                                                              \
    if (!handles().count(handle)) {                                                                                    \
        return NOT_INITIALIZED;                                                                                        \
    }

EXPORT int cublasCreate_v2(Handle **handle) {
    ENTER
    if (!driver().submit || !driver().inside || !driver().forbidden) {
        return NOT_INITIALIZED;
    }
    // The library takes memory, which needs a context and no capture.
    if (int code = driver().forbidden()) {
        return code == 900 ? ALLOC_FAILED : NOT_INITIALIZED;
    }
    *handle = new Handle;
    handles().insert(*handle);
    return SUCCESS;
}

EXPORT int cublasDestroy_v2(Handle *handle) {
    ENTER_HANDLE
    handles().erase(handle);
    delete handle;
    return SUCCESS;
}

EXPORT int cublasGetVersion_v2(Handle *, int *version) {
    *version = 130000;
    return SUCCESS;
}

EXPORT int cublasSetStream_v2(Handle *handle, void *stream) {
    ENTER_HANDLE
    handle->stream = stream;
    return SUCCESS;
}

EXPORT int cublasSetWorkspace_v2(Handle *handle, uint64_t workspace, size_t size) {
    ENTER_HANDLE
    return workspace % 256 == 0 && driver().inside(__func__, workspace, size) ? SUCCESS : INVALID_VALUE;
}

EXPORT int cublasSetMathMode(Handle *handle, int mode) {
    ENTER_HANDLE
    // 1 and 3 are tensor cores, which round the inputs; the 16s forbid reduced sums.
    if ((mode & 15) == 1 || (mode & 15) == 3) {
        fprintf(stderr, "emulator: cuBLAS' tensor cores are not emulated\n");
        return NOT_SUPPORTED;
    }
    handle->math_mode = mode;
    return SUCCESS;
}

EXPORT int cublasGetMathMode(Handle *handle, int *mode) {
    ENTER_HANDLE
    *mode = handle->math_mode;
    return SUCCESS;
}

EXPORT int cublasSetAtomicsMode(Handle *handle, int mode) {
    ENTER_HANDLE
    handle->atomics_mode = mode;
    return SUCCESS;
}

EXPORT int cublasSetPointerMode_v2(Handle *handle, int mode) {
    ENTER_HANDLE
    return mode == 0 ? SUCCESS : NOT_SUPPORTED;
}

EXPORT int cublasSgemm_v2(Handle *handle, int op_a, int op_b, int m, int n, int k, const float *alpha, const float *a,
                          int lda, const float *b, int ldb, const float *beta, float *c, int ldc) {
    ENTER_HANDLE
    // 0 is plain, 1 transposed, 2 conjugated and transposed.
    auto good = [](int op, int stride, int plain, int transposed) {
        int rows = op == 0 ? plain : transposed;
        return op >= 0 && op <= 2 && stride >= (rows > 1 ? rows : 1);
    };
    if (m < 0 || n < 0 || k < 0 || !alpha || !beta || !good(op_a, lda, m, k) || !good(op_b, ldb, k, n) ||
        ldc < (m > 1 ? m : 1)) {
        return INVALID_VALUE;
    }
    if (m == 0 || n == 0) {
        return SUCCESS;
    }
    Product product{{a, lda, op_a != 0}, {b, ldb, op_b != 0}, c, m, n, k, ldc, *alpha, *beta};
    if (!reachable(product)) {
        return INVALID_VALUE;
    }
    auto drop = [](void *data) { delete (Product *)data; };
    return driver().submit(handle->stream, multiply, new Product(product), drop) ? EXECUTION_FAILED : SUCCESS;
}
