// Launching kernels: blocks one after the other, a block's threads by turns from barrier to barrier.
#include <signal.h>
#include <string.h>

#include "fibers.h"
#include "module.h"

#ifndef EMULATOR_UCONTEXT
asm(R"(
.text
.globl emulator_change
.hidden emulator_change
.type emulator_change, @function
emulator_change:
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    # A processor predicts a return to the last caller, which this never is.
    popq %rcx
    jmp *%rcx
.size emulator_change, .-emulator_change
)");
#endif

namespace emulator {

namespace {

struct Fiber {
    Place place;
    unsigned thread;
    Index index;
    int line;  // of the barrier that it waits at, or 0
};

// One block at a time runs, under the lock.
struct Running {
    const Function *function;
    Call *call;
    Index size;
    unsigned count, next;
    Fiber *current;
    Place home;
    int failure;
};
Running running;

std::vector<Fiber *> &idle() {
    static auto &it = *new std::vector<Fiber *>;
    return it;
}

// EMULATOR_ORDER=backward runs blocks and threads from the last to the first: whatever depends on the order differs.
bool backward() {
    static const char *const order = getenv("EMULATOR_ORDER");
    static const bool is = order && strcmp(order, "backward") == 0;
    return is;
}

Index place_of(uint64_t i, uint64_t count, Index size) {
    uint64_t n = backward() ? count - 1 - i : i;
    if (size.y * size.z == 1) {
        return {unsigned(n), 0, 0};
    }
    return {unsigned(n % size.x), unsigned(n / size.x % size.y), unsigned(n / size.x / size.y)};
}

// Runs threads as long as they meet no barrier: a kernel without one needs a single fiber.
void threads() {
    for (;;) {
        while (running.next < running.count) {
            Fiber *self = running.current;
            self->thread = running.next++;
            self->index = place_of(self->thread, running.count, running.size);
            *running.function->layout->thread = self->index;
            running.call->run(running.call);
        }
        Fiber *self = running.current;
        self->line = 0;
        change(self->place, running.home);
    }
}

void barrier(int line) {
    Fiber *self = running.current;
    self->line = line;
    change(self->place, running.home);
}

// A kernel that touches what it may not fails, and with it everything after it; its fibers are given up. A signal's
// stack is small: nothing is printed here.
void trapped(int signal) {
    running.failure = signal == SIGILL || signal == SIGTRAP ? MISALIGNED_ADDRESS : ILLEGAL_ADDRESS;
    change(running.current->place, running.home);
}

// Holds the signals of mistakes while a kernel runs.
class Traps {
    static constexpr int SIGNALS[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP};
    struct sigaction before[4];

  public:
    Traps() {
        // The handler never returns, so its signal must not stay blocked.
        struct sigaction action = {};
        action.sa_handler = trapped;
        action.sa_flags = SA_NODEFER | SA_ONSTACK;
        for (int i = 0; i < 4; i++) {
            sigaction(SIGNALS[i], &action, &before[i]);
        }
    }
    ~Traps() {
        for (int i = 0; i < 4; i++) {
            sigaction(SIGNALS[i], &before[i], nullptr);
        }
    }
};

Fiber *fiber() {
    if (idle().empty()) {
        char *stack = new_stack();
        if (!stack) {
            fprintf(stderr, "emulator: no memory for a thread's stack; the process ends\n");
            abort();
        }
        Fiber *made = new Fiber;
        begin(made->place, stack, threads);
        return made;
    }
    Fiber *one = idle().back();
    idle().pop_back();
    return one;
}

// Runs the fiber until it waits or ends.
void resume(Fiber *one, std::vector<Fiber *> &waiting) {
    running.current = one;
    change(running.home, one->place);
    if (!running.failure) {
        (one->line ? waiting : idle()).push_back(one);
    }
}

void run_block() {
    static auto &waiting = *new std::vector<Fiber *>, &released = *new std::vector<Fiber *>;
    running.next = 0;
    waiting.clear();
    while (running.next < running.count && !running.failure) {
        resume(fiber(), waiting);
    }
    while (!waiting.empty() && !running.failure) {
        // A thread that has ended counts as arrived, as hardware has it; one at another barrier does not.
        for (Fiber *one : waiting) {
            if (one->line != waiting[0]->line) {
                fprintf(stderr,
                        "emulator: kernel %s: thread %u waits at the barrier of line %d, thread %u at that of line %d; "
                        "the process ends\n",
                        running.function->name, waiting[0]->thread, waiting[0]->line, one->thread, one->line);
                abort();
            }
        }
        std::swap(waiting, released);
        for (Fiber *one : released) {
            *running.function->layout->thread = one->index;
            resume(one, waiting);
            if (running.failure) {
                break;
            }
        }
        released.clear();
    }
}

int run(const Function *function, Call *call, Index grid, Index size) {
    Layout &layout = *function->layout;
    *layout.block_size = size;
    *layout.grid_size = grid;
    *layout.barrier = barrier;
    running = {function, call, size, size.x * size.y * size.z, 0, nullptr, {}, SUCCESS};
    Traps traps;
    uint64_t blocks = (uint64_t)grid.x * grid.y * grid.z;
    for (uint64_t i = 0; i < blocks && !running.failure; i++) {
        // A block finds nothing of what another left.
        for (const Function *f = layout.functions; f->name; f++) {
            memset(f->shared, 0xff, f->shared_end - f->shared);
        }
        *layout.block = place_of(i, blocks, grid);
        run_block();
    }
    if (running.failure) {
        Index block = *layout.block, thread = running.current->index;
        fprintf(stderr, "emulator: kernel %s, block (%u, %u, %u), thread (%u, %u, %u): %s\n", function->name, block.x,
                block.y, block.z, thread.x, thread.y, thread.z,
                running.failure == ILLEGAL_ADDRESS ? "an illegal address"
                                                   : "a misaligned address, or an index outside an array");
    }
    check_guards((std::string("kernel ") + function->name).c_str());
    return running.failure;
}

}  // namespace

}  // namespace emulator

using namespace emulator;

EXPORT int cuLaunchKernel(Function *function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by,
                          unsigned bz, unsigned dynamic, void *stream, void **params, void **extra) {
    ENTER
    auto module = module_of(function);
    if (!module) {
        return INVALID_HANDLE;
    }
    bool fits = gx && gy && gz && bx && by && bz && gx <= 0x7fffffffu && gy <= 65535 && gz <= 65535 && bx <= 1024 &&
                by <= 1024 && bz <= 64 && bx * by * bz <= 1024;
    if (!fits || extra) {
        return INVALID_VALUE;
    }
    if (dynamic) {
        fprintf(stderr, "emulator: dynamic shared memory is not emulated\n");
        return INVALID_VALUE;
    }
    if (bx * by * bz > (unsigned)function->threads) {
        fprintf(stderr, "emulator: kernel %s is for %d threads\n", function->name, function->threads);
        return OUT_OF_RESOURCES;
    }
    std::shared_ptr<Call> call(function->bind(params), [](Call *c) { c->drop(c); });
    // The module stays loaded as long as a graph may call into it.
    return submit(stream, [=, keep = module] {
        return run(function, call.get(), Index{gx, gy, gz}, Index{bx, by, bz});
    });
}

EXPORT int cuLaunchHostFunc(void *stream, void (*function)(void *), void *data) {
    ENTER
    return submit(stream, [=] {
        function(data);
        return (int)SUCCESS;
    });
}

// For libcublas. `drop` runs when neither the queue nor a graph holds the work any more.
EXPORT int emulator_submit(void *stream, int (*run)(void *), void *data, void (*drop)(void *)) {
    std::shared_ptr<void> held_data(data, drop);
    ENTER
    return submit(stream, [=] { return run(held_data.get()); });
}

EXPORT int emulator_forbidden() {
    ENTER
    return forbidden_in_capture();
}
