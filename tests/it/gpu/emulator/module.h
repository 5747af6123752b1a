// Modules: the shared libraries that kernels were compiled into. The shapes are those of shim.h.
#pragma once
#include "state.h"

namespace emulator {

struct Index {
    unsigned x, y, z;
};
struct Call {
    void (*run)(Call *);
    void (*drop)(Call *);
};
struct Layout;
struct Table {
    const char *name;
    Call *(*bind)(void **params);
    int threads;
    char *shared, *shared_end;
};
// A kernel as the program holds it.
struct Function : Table {
    Layout *layout;
};
// What a module's library exports, but for `functions`, which the driver makes of `kernels`.
struct Exported {
    Table *kernels;
    Index *thread, *block, *block_size, *grid_size;
    void (**barrier)(int line);
};
struct Layout : Exported {
    // Ends with one that has no name.
    Function *functions;
};
struct Module {
    void *library = nullptr;
    Layout layout;
    std::vector<Function> functions;
    ~Module();
};

// The module of a function that the program may still use, or null.
std::shared_ptr<Module> module_of(const Function *function);

}  // namespace emulator
