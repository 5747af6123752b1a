// libcuda: the device, its context, and the names of errors.
#include <string.h>

#include "state.h"

namespace emulator {

namespace {

struct Context {
    int users = 0;
};
Context primary;
bool initialised = false;
thread_local Context *current = nullptr;

struct Name {
    int code;
    const char *name, *text;
};
const Name NAMES[] = {
    {0, "CUDA_SUCCESS", "no error"},
    {1, "CUDA_ERROR_INVALID_VALUE", "invalid argument"},
    {2, "CUDA_ERROR_OUT_OF_MEMORY", "out of memory"},
    {3, "CUDA_ERROR_NOT_INITIALIZED", "initialization error"},
    {34, "CUDA_ERROR_STUB_LIBRARY", "CUDA driver is a stub library"},
    {46, "CUDA_ERROR_DEVICE_UNAVAILABLE", "CUDA-capable device(s) is/are busy or unavailable"},
    {100, "CUDA_ERROR_NO_DEVICE", "no CUDA-capable device is detected"},
    {101, "CUDA_ERROR_INVALID_DEVICE", "invalid device ordinal"},
    {200, "CUDA_ERROR_INVALID_IMAGE", "device kernel image is invalid"},
    {201, "CUDA_ERROR_INVALID_CONTEXT", "invalid device context"},
    {209, "CUDA_ERROR_NO_BINARY_FOR_GPU", "no kernel image is available for execution on the device"},
    {218, "CUDA_ERROR_INVALID_PTX", "a PTX JIT compilation failed"},
    {222, "CUDA_ERROR_UNSUPPORTED_PTX_VERSION", "the provided PTX was compiled with an unsupported toolchain."},
    {301, "CUDA_ERROR_FILE_NOT_FOUND", "file not found"},
    {400, "CUDA_ERROR_INVALID_HANDLE", "invalid resource handle"},
    {401, "CUDA_ERROR_ILLEGAL_STATE", "the operation cannot be performed in the present state"},
    {500, "CUDA_ERROR_NOT_FOUND", "named symbol not found"},
    {600, "CUDA_ERROR_NOT_READY", "device not ready"},
    {700, "CUDA_ERROR_ILLEGAL_ADDRESS", "an illegal memory access was encountered"},
    {701, "CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES", "too many resources requested for launch"},
    {716, "CUDA_ERROR_MISALIGNED_ADDRESS", "misaligned address"},
    {719, "CUDA_ERROR_LAUNCH_FAILED", "unspecified launch failure"},
    {801, "CUDA_ERROR_NOT_SUPPORTED", "operation not supported"},
    {803, "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH", "system has unsupported display driver / cuda driver combination"},
    {900, "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED", "operation not permitted when stream is capturing"},
    {901, "CUDA_ERROR_STREAM_CAPTURE_INVALIDATED", "operation failed due to a previous error during capture"},
    {902, "CUDA_ERROR_STREAM_CAPTURE_MERGE", "operation would result in a merge of separate capture sequences"},
    {905, "CUDA_ERROR_STREAM_CAPTURE_ISOLATION", "dependency created on uncaptured work in another stream"},
    {906, "CUDA_ERROR_STREAM_CAPTURE_IMPLICIT",
     "operation would make the legacy stream depend on a capturing blocking stream"},
    {907, "CUDA_ERROR_CAPTURED_EVENT", "operation not permitted on an event last recorded in a capturing stream"},
    {908, "CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD",
     "attempt to terminate a thread-local capture sequence from another thread"},
    {999, "CUDA_ERROR_UNKNOWN", "unknown error"},
};

const Name *named(int code) {
    for (const Name &name : NAMES) {
        if (name.code == code) {
            return &name;
        }
    }
    return nullptr;
}

// EMULATOR_CAPABILITY=8.0 makes it an older device.
int capability(bool major) {
    static const char *const text = getenv("EMULATOR_CAPABILITY");
    int a = 9, b = 0;
    if (text) {
        sscanf(text, "%d.%d", &a, &b);
    }
    return major ? a : b;
}

int attribute_of(int attribute) {
    switch (attribute) {
    case 1: return 1024;         // threads of a block, and its sizes
    case 2: return 1024;
    case 3: return 1024;
    case 4: return 64;
    case 5: return 0x7fffffff;   // sizes of a grid
    case 6: return 65535;
    case 7: return 65535;
    case 8: return 48 << 10;     // shared memory of a block
    case 9: return 64 << 10;     // constant memory
    case 10: return 32;          // threads of a warp
    case 12: return 64 << 10;    // registers of a block
    case 13: return 1000000;     // clock in kHz
    case 16: return 8;           // multiprocessors
    case 31: return 1;           // concurrent kernels
    case 36: return 1000000;     // memory clock in kHz
    case 37: return 256;         // bus width
    case 38: return 4 << 20;     // second-level cache
    case 39: return 2048;        // threads of a multiprocessor
    case 40: return 1;           // copy engines
    case 41: return 1;           // unified addresses
    case 75: return capability(true);
    case 76: return capability(false);
    case 81: return 228 << 10;   // shared memory of a multiprocessor
    case 82: return 64 << 10;    // its registers
    case 97: return 48 << 10;    // shared memory of a block that asks for more
    case 106: return 32;         // blocks of a multiprocessor
    case 115: return 1;          // memory pools
    default: return 0;
    }
}

}  // namespace

int context_state() {
    if (!initialised) {
        return NOT_INITIALIZED;
    }
    if (!current || !current->users) {
        return INVALID_CONTEXT;
    }
    return failure();
}

}  // namespace emulator

using namespace emulator;

#define ENTER_DRIVER                                                                                                   \
    ENTER_ALWAYS                                                                                                       \
    if (!initialised) {                                                                                                \
        return NOT_INITIALIZED;                                                                                        \
    }
#define ENTER_DEVICE                                                                                                   \
    ENTER_DRIVER                                                                                                       \
    if (device != 0) {                                                                                                 \
        return INVALID_DEVICE;                                                                                         \
    }

EXPORT int cuInit(unsigned flags) {
    ENTER_ALWAYS
    initialised = true;
    return flags ? INVALID_VALUE : SUCCESS;
}

EXPORT int cuDriverGetVersion(int *version) {
    ENTER_ALWAYS
    // EMULATOR_VERSION=11080 makes it the driver of CUDA 11.8.
    const char *text = getenv("EMULATOR_VERSION");
    *version = text ? atoi(text) : 13000;
    return SUCCESS;
}

EXPORT int cuGetErrorName(int error, const char **text) {
    *text = named(error) ? named(error)->name : nullptr;
    return *text ? SUCCESS : INVALID_VALUE;
}

EXPORT int cuGetErrorString(int error, const char **text) {
    *text = named(error) ? named(error)->text : nullptr;
    return *text ? SUCCESS : INVALID_VALUE;
}

EXPORT int cuDeviceGetCount(int *count) {
    ENTER_DRIVER
    *count = 1;
    return SUCCESS;
}

EXPORT int cuDeviceGet(int *found, int device) {
    ENTER_DEVICE
    *found = 0;
    return SUCCESS;
}

EXPORT int cuDeviceGetName(char *name, int length, int device) {
    ENTER_DEVICE
    snprintf(name, (size_t)length, "emulated device");
    return SUCCESS;
}

EXPORT int cuDeviceGetUuid_v2(char *uuid, int device) {
    ENTER_DEVICE
    memcpy(uuid, "emulated device!", 16);
    return SUCCESS;
}

EXPORT int cuDeviceGetUuid(char *uuid, int device) { return cuDeviceGetUuid_v2(uuid, device); }

EXPORT int cuDeviceTotalMem_v2(size_t *bytes, int device) {
    ENTER_DEVICE
    size_t used;
    memory_in_use(used, *bytes);
    return SUCCESS;
}

EXPORT int cuDeviceGetAttribute(int *value, int attribute, int device) {
    ENTER_DEVICE
    *value = attribute_of(attribute);
    return SUCCESS;
}

EXPORT int cuDevicePrimaryCtxRetain(Context **context, int device) {
    ENTER_DEVICE
    primary.users++;
    *context = &primary;
    return SUCCESS;
}

EXPORT int cuDevicePrimaryCtxRelease_v2(int device) {
    ENTER_DEVICE
    if (primary.users == 0) {
        return INVALID_CONTEXT;
    }
    if (--primary.users == 0) {
        // The last user takes everything along.
        drop_streams();
        release_all();
    }
    return SUCCESS;
}

EXPORT int cuCtxGetCurrent(Context **context) {
    ENTER_DRIVER
    *context = current;
    return SUCCESS;
}

EXPORT int cuCtxSetCurrent(Context *context) {
    ENTER_DRIVER
    if (context && context != &primary) {
        return INVALID_CONTEXT;
    }
    current = context;
    return SUCCESS;
}

EXPORT int cuCtxGetDevice(int *device) {
    ENTER
    *device = 0;
    return SUCCESS;
}

EXPORT int cuCtxSetFlags(unsigned) {
    ENTER
    return SUCCESS;
}

EXPORT int cuCtxGetStreamPriorityRange(int *least, int *greatest) {
    ENTER
    *least = *greatest = 0;
    return SUCCESS;
}

// The device has one pool, which keeps nothing: its settings change nothing that can be seen.
EXPORT int cuDeviceGetDefaultMemPool(void **pool, int device) {
    ENTER_DEVICE
    *pool = &primary;
    return SUCCESS;
}

EXPORT int cuMemPoolSetAttribute(void *pool, int, void *) {
    ENTER
    return pool == &primary ? SUCCESS : INVALID_VALUE;
}

EXPORT int cuMemPoolTrimTo(void *pool, size_t) {
    ENTER
    return pool == &primary ? SUCCESS : INVALID_VALUE;
}
