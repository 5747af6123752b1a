// A thread of a block is a fiber where it meets a barrier. Switching is a few instructions on the usual processors
// and `swapcontext`, which is slower, on others.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#if !defined(EMULATOR_UCONTEXT) && !defined(__x86_64__)
#define EMULATOR_UCONTEXT
#endif

#ifdef EMULATOR_UCONTEXT
#include <ucontext.h>
#endif

namespace emulator {

const size_t STACK = 64 << 10;

#ifdef EMULATOR_UCONTEXT
struct Place {
    ucontext_t context;
};
inline void change(Place &from, Place &to) { swapcontext(&from.context, &to.context); }
inline void begin(Place &place, char *stack, void (*function)()) {
    getcontext(&place.context);
    place.context.uc_stack.ss_sp = stack;
    place.context.uc_stack.ss_size = STACK;
    place.context.uc_link = nullptr;
    makecontext(&place.context, function, 0);
}
#else
struct Place {
    void **stack;
};
// Keeps what a called function must keep, on the stack that is left.
extern "C" void emulator_change(void ***from, void **to);
inline void change(Place &from, Place &to) { emulator_change(&from.stack, to.stack); }
inline void begin(Place &place, char *stack, void (*function)()) {
    void **top = (void **)(stack + STACK);
    // Six registers, the function, and the place of the address that it would return to.
    place.stack = top - 8;
    place.stack[6] = (void *)function;
}
#endif

// A stack with a page below it that cannot be touched; null where there is no memory.
inline char *new_stack() {
    const size_t guard = 64 << 10, shifts = 64, shift = 128;
    // Stacks that begin at the same place of their pages would push each other out of the cache.
    static size_t count = 0;
    size_t room = STACK + shifts * shift;
    void *memory = mmap(nullptr, guard + room, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED || mprotect((char *)memory + guard, room, PROT_READ | PROT_WRITE) != 0) {
        return nullptr;
    }
    return (char *)memory + guard + count++ % shifts * shift;
}

}  // namespace emulator
