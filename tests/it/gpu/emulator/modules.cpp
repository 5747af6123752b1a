// Loading modules: the PTX's text is compiled unless it was before, and loaded as a library of its own.
#include "module.h"

#include <dlfcn.h>
#include <link.h>
#include <string.h>
#include <unistd.h>

#include <map>

#include "compile.h"

namespace emulator {

namespace {

std::map<Module *, std::shared_ptr<Module>> &modules() {
    static auto &it = *new std::map<Module *, std::shared_ptr<Module>>;
    return it;
}

// A copy, so that two modules of one text have variables of their own.
void *load(const std::string &path) {
    static unsigned count = 0;
    std::string own = path + "." + std::to_string(getpid()) + "." + std::to_string(count++), text;
    if (!read_file(path, text) || !write_file(own, text)) {
        return nullptr;
    }
    void *library = dlopen(own.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        fprintf(stderr, "emulator: %s\n", dlerror());
    }
    unlink(own.c_str());
    return library;
}

}  // namespace

Module::~Module() {
    if (library) {
        dlclose(library);
    }
}

std::shared_ptr<Module> module_of(const Function *function) {
    for (auto &entry : modules()) {
        for (const Function &own : entry.second->functions) {
            if (&own == function) {
                return entry.second;
            }
        }
    }
    return nullptr;
}

}  // namespace emulator

using namespace emulator;

EXPORT int cuDeviceGetAttribute(int *value, int attribute, int device);

EXPORT int cuModuleLoadData(Module **module, const void *image) {
    ENTER
    TRY(forbidden_in_capture())
    Source source;
    std::string log;
    // A PTX begins with a comment or a directive; anything else would be a cubin.
    if (!image || !strchr("/.\n", *(const char *)image) || *(const char *)image == 0) {
        return INVALID_IMAGE;
    }
    if (!from_ptx((const char *)image, source)) {
        return INVALID_PTX;
    }
    int major, minor;
    TRY(cuDeviceGetAttribute(&major, 75, 0))
    TRY(cuDeviceGetAttribute(&minor, 76, 0))
    if (source.target > 10 * major + minor) {
        return NO_BINARY_FOR_GPU;
    }
    std::string path = compile(source, log);
    if (path.empty()) {
        fprintf(stderr, "emulator: %s", log.c_str());
        return INVALID_PTX;
    }
    auto made = std::make_shared<Module>();
    made->library = load(path);
    auto exported = made->library ? (Exported *)dlsym(made->library, "emulated") : nullptr;
    if (!exported) {
        return INVALID_IMAGE;
    }
    static_cast<Exported &>(made->layout) = *exported;
    for (Table *kernel = exported->kernels;; kernel++) {
        made->functions.push_back({*kernel, &made->layout});
        if (!kernel->name) {
            break;
        }
        size_t shared = kernel->shared_end - kernel->shared;
        if (shared > 48 << 10) {
            fprintf(stderr, "emulator: kernel %s takes %zu bytes of shared memory, not 49152 at most\n", kernel->name,
                    shared);
            return INVALID_PTX;
        }
    }
    made->layout.functions = made->functions.data();
    *module = made.get();
    modules()[made.get()] = made;
    return SUCCESS;
}

EXPORT int cuModuleLoad(Module **module, const char *path) {
    std::string text;
    return read_file(path, text) ? cuModuleLoadData(module, text.c_str()) : FILE_NOT_FOUND;
}

EXPORT int cuModuleUnload(Module *module) {
    ENTER
    return modules().erase(module) ? SUCCESS : INVALID_HANDLE;
}

EXPORT int cuModuleGetFunction(Function **function, Module *module, const char *name) {
    ENTER
    auto found = modules().find(module);
    if (found == modules().end()) {
        return INVALID_HANDLE;
    }
    for (Function &own : found->second->functions) {
        if (own.name && strcmp(own.name, name) == 0) {
            *function = &own;
            return SUCCESS;
        }
    }
    return NOT_FOUND;
}

EXPORT int cuModuleGetGlobal_v2(Address *address, size_t *bytes, Module *module, const char *name) {
    ENTER
    void *at = modules().count(module) ? dlsym(module->library, name) : nullptr;
    Dl_info info;
    ElfW(Sym) *symbol;
    if (!at || !dladdr1(at, &info, (void **)&symbol, RTLD_DL_SYMENT)) {
        return NOT_FOUND;
    }
    if (address) {
        *address = (Address)at;
    }
    if (bytes) {
        *bytes = symbol->st_size;
    }
    return SUCCESS;
}

EXPORT int cuFuncGetAttribute(int *value, int attribute, Function *function) {
    ENTER
    if (!module_of(function)) {
        return INVALID_HANDLE;
    }
    int major, minor;
    TRY(cuDeviceGetAttribute(&major, 75, 0))
    TRY(cuDeviceGetAttribute(&minor, 76, 0))
    int target = 10 * major + minor;
    int shared = (int)(function->shared_end - function->shared);
    // Threads, static shared, constant and local bytes, registers, PTX and binary version, cache mode.
    const int values[] = {function->threads, shared, 0, 0, 32, target, target, 0, 0};
    if (attribute < 0 || attribute >= int(sizeof values / sizeof *values)) {
        return INVALID_VALUE;
    }
    *value = values[attribute];
    return SUCCESS;
}

EXPORT int cuFuncSetCacheConfig(Function *function, int) {
    ENTER
    return module_of(function) ? SUCCESS : INVALID_HANDLE;
}

EXPORT int cuOccupancyMaxActiveBlocksPerMultiprocessor(int *blocks, Function *function, int size, size_t dynamic) {
    ENTER
    if (!module_of(function) || size <= 0) {
        return INVALID_VALUE;
    }
    size_t shared = function->shared_end - function->shared + dynamic;
    int by_threads = size > function->threads ? 0 : 2048 / size, by_shared = shared ? int((228 << 10) / shared) : 32;
    *blocks = by_threads < by_shared ? by_threads : by_shared;
    *blocks = *blocks < 32 ? *blocks : 32;
    return SUCCESS;
}
