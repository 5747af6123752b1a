// What every entry point begins with: failures that the test asks for, and a list of the calls.
#pragma once
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <map>
#include <mutex>
#include <string>

#define EXPORT extern "C" __attribute__((visibility("default")))

namespace emulator {

// EMULATOR_FAILS=cuInit:100,cuMemAllocAsync:2@3 lets every cuInit fail with 100 and the third allocation with 2.
// The caller holds its library's lock.
inline int injected(const char *name) {
    static const char *const fails = getenv("EMULATOR_FAILS");
    static auto &calls = *new std::map<std::string, int>;
    // EMULATOR_TRACE=file gets a line for each call.
    static FILE *const trace = getenv("EMULATOR_TRACE") ? fopen(getenv("EMULATOR_TRACE"), "a") : nullptr;
    if (trace) {
        fprintf(trace, "%s\n", name);
        fflush(trace);
    }
    size_t length = strlen(name);
    for (const char *at = fails; at && *at; at = strchr(at, ',') ? strchr(at, ',') + 1 : "") {
        if (strncmp(at, name, length) == 0 && at[length] == ':') {
            char *end;
            int code = (int)strtol(at + length + 1, &end, 10);
            if (*end != '@' || ++calls[name] == atoi(end + 1)) {
                return code;
            }
            return 0;
        }
    }
    return 0;
}

}  // namespace emulator

// Holds the library's lock, and fails where the test says so.
#define ENTER_WITH(LOCK)                                                                                               \
    std::lock_guard<std::recursive_mutex> held(LOCK);                                                                  \
    if (int code = emulator::injected(__func__)) {                                                                     \
        return code;                                                                                                   \
    }
