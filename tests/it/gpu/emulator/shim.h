// Turns CUDA C into C++17: a kernel's text is compiled behind this header, its table of kernels behind the text.
//
// `__CUDACC__` stays undefined, so that a text which serves C++, too, takes its C++ side.
#pragma once
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct emulated_index {
    unsigned x, y, z;
};
typedef emulated_index uint3;
struct dim3 {
    unsigned x, y, z;
};

static uint3 threadIdx, blockIdx;
static dim3 blockDim, gridDim;
static const int warpSize = 32;

#define __global__ __attribute__((unused))
// A text's own `#define __device__` repeats this one word for word, which the preprocessor allows.
#define __device__
#define __host__
#define __forceinline__ inline __attribute__((always_inline))
#define __noinline__ __attribute__((noinline))
#define __launch_bounds__(...)
// Seen from outside, so that cuModuleGetGlobal finds it.
#define __constant__ __attribute__((visibility("default")))
// A section for each kernel: its limits tell how much it takes, and let the driver spoil it before each block.
#define __shared__ static __attribute__((section(EMULATED_SHARED)))

// The line tells two barriers apart.
#define __syncthreads() emulated_barrier(__LINE__)
static void (*emulated_barrier)(int line);
static inline void __threadfence() {}
static inline void __threadfence_block() {}

#define EMULATED_VECTOR(T, NAME, ALIGNED)                                                                              \
    struct alignas(ALIGNED) NAME##2 { T x, y; };                                                                       \
    struct alignas(2 * ALIGNED > 16 ? 16 : 2 * ALIGNED) NAME##4 { T x, y, z, w; };                                     \
    static inline NAME##2 make_##NAME##2(T x, T y) { return {x, y}; }                                                  \
    static inline NAME##4 make_##NAME##4(T x, T y, T z, T w) { return {x, y, z, w}; }
EMULATED_VECTOR(float, float, 8)
EMULATED_VECTOR(double, double, 16)
EMULATED_VECTOR(int, int, 8)
EMULATED_VECTOR(unsigned, uint, 8)
EMULATED_VECTOR(long long, longlong, 16)
EMULATED_VECTOR(unsigned long long, ulonglong, 16)

template <class To, class From> static inline To emulated_bits(From from) {
    static_assert(sizeof(To) == sizeof(From), "a bit cast keeps the size");
    To to;
    memcpy(&to, &from, sizeof to);
    return to;
}
static inline unsigned __float_as_uint(float x) { return emulated_bits<unsigned>(x); }
static inline float __uint_as_float(unsigned x) { return emulated_bits<float>(x); }
static inline int __float_as_int(float x) { return emulated_bits<int>(x); }
static inline float __int_as_float(int x) { return emulated_bits<float>(x); }
static inline long long __double_as_longlong(double x) { return emulated_bits<long long>(x); }
static inline double __longlong_as_double(long long x) { return emulated_bits<double>(x); }

// What CUDA never contracts is not contracted here: that takes place within a function only.
#ifdef EMULATED_CONTRACTS
#define EMULATED_ROUNDED __attribute__((noinline))
#else
#define EMULATED_ROUNDED inline
#endif
EMULATED_ROUNDED static float __fadd_rn(float a, float b) { return a + b; }
EMULATED_ROUNDED static float __fsub_rn(float a, float b) { return a - b; }
EMULATED_ROUNDED static float __fmul_rn(float a, float b) { return a * b; }
EMULATED_ROUNDED static float __fdiv_rn(float a, float b) { return a / b; }
EMULATED_ROUNDED static float __fsqrt_rn(float a) { return sqrtf(a); }
EMULATED_ROUNDED static double __dadd_rn(double a, double b) { return a + b; }
EMULATED_ROUNDED static double __dsub_rn(double a, double b) { return a - b; }
EMULATED_ROUNDED static double __dmul_rn(double a, double b) { return a * b; }
EMULATED_ROUNDED static double __ddiv_rn(double a, double b) { return a / b; }
static inline float __fmaf_rn(float a, float b, float c) { return fmaf(a, b, c); }
static inline double __fma_rn(double a, double b, double c) { return fma(a, b, c); }
static inline float __double2float_rn(double x) { return (float)x; }
static inline float rsqrtf(float x) { return 1.0f / sqrtf(x); }
static inline unsigned __umulhi(unsigned a, unsigned b) { return (unsigned)((unsigned long long)a * b >> 32); }
static inline unsigned long long __umul64hi(unsigned long long a, unsigned long long b) {
    return (unsigned long long)((unsigned __int128)a * b >> 64);
}
static inline int __popc(unsigned x) { return __builtin_popcount(x); }
static inline int __clz(int x) { return x ? __builtin_clz((unsigned)x) : 32; }
static inline int __clzll(long long x) { return x ? __builtin_clzll((unsigned long long)x) : 64; }

#define EMULATED_MIN_MAX(T)                                                                                            \
    static inline T min(T a, T b) { return b < a ? b : a; }                                                            \
    static inline T max(T a, T b) { return a < b ? b : a; }
EMULATED_MIN_MAX(int)
EMULATED_MIN_MAX(unsigned)
EMULATED_MIN_MAX(long)
EMULATED_MIN_MAX(unsigned long)
EMULATED_MIN_MAX(long long)
EMULATED_MIN_MAX(unsigned long long)
static inline float min(float a, float b) { return fminf(a, b); }
static inline float max(float a, float b) { return fmaxf(a, b); }
static inline double min(double a, double b) { return fmin(a, b); }
static inline double max(double a, double b) { return fmax(a, b); }

template <class T> static inline T __ldg(const T *p) { return *p; }
// Threads take turns and change only at barriers: plain memory accesses are atomic.
#define EMULATED_ATOMIC(NAME, NEW)                                                                                     \
    template <class T> static inline T NAME(T *p, decltype(T() + T()) v) {                                             \
        T old = *p;                                                                                                    \
        *p = NEW;                                                                                                      \
        return old;                                                                                                    \
    }
EMULATED_ATOMIC(atomicAdd, old + v)
EMULATED_ATOMIC(atomicMax, old < v ? v : old)
EMULATED_ATOMIC(atomicMin, v < old ? v : old)
EMULATED_ATOMIC(atomicExch, v)

// A kernel with its arguments, copied: a graph may run it when the caller's are gone. The driver knows this shape.
struct emulated_call {
    void (*run)(emulated_call *);
    void (*drop)(emulated_call *);
};

template <class... A> struct emulated_values;
template <> struct emulated_values<> {
    explicit emulated_values(void **) {}
    template <class F, class... B> void call(F f, B &...all) { f(all...); }
};
template <class A, class... R> struct emulated_values<A, R...> {
    A first;
    emulated_values<R...> rest;
    explicit emulated_values(void **from) : rest(from + 1) { memcpy((void *)&first, *from, sizeof(A)); }
    template <class F, class... B> void call(F f, B &...before) { rest.call(f, before..., first); }
};

template <class T, T> struct emulated_binder;
template <class... A, void (*KERNEL)(A...)> struct emulated_binder<void (*)(A...), KERNEL> {
    struct bound : emulated_call {
        emulated_values<A...> values;
        explicit bound(void **params) : values(params) {}
    };
    static emulated_call *bind(void **params) {
        bound *b = new bound(params);
        b->run = [](emulated_call *c) { static_cast<bound *>(c)->values.call(KERNEL); };
        b->drop = [](emulated_call *c) { delete static_cast<bound *>(c); };
        return b;
    }
};

template <class... R> constexpr int emulated_bound(int threads, R...) { return threads; }

struct emulated_kernel {
    const char *name;
    emulated_call *(*bind)(void **params);
    int threads;
    char *shared, *shared_end;
};
struct emulated_module {
    emulated_kernel *kernels;
    emulated_index *thread, *block;
    dim3 *block_size, *grid_size;
    void (**barrier)(int line);
};
#define EMULATED_LIMITS(K)                                                                                             \
    extern "C" __attribute__((weak, visibility("hidden"))) char __start_emulated_shared_##K[];                         \
    extern "C" __attribute__((weak, visibility("hidden"))) char __stop_emulated_shared_##K[];
#define EMULATED_KERNEL(NAME, K, THREADS)                                                                              \
    {#NAME, emulated_binder<decltype(&NAME), &NAME>::bind, THREADS, __start_emulated_shared_##K,                       \
     __stop_emulated_shared_##K},
