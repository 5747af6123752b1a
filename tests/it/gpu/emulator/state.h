// The emulated driver's state, which its files share. One lock guards all of it.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "entry.h"

namespace emulator {

enum Code {
    SUCCESS = 0, INVALID_VALUE = 1, OUT_OF_MEMORY = 2, NOT_INITIALIZED = 3, INVALID_DEVICE = 101, INVALID_IMAGE = 200,
    INVALID_CONTEXT = 201, NO_BINARY_FOR_GPU = 209, INVALID_PTX = 218, FILE_NOT_FOUND = 301, INVALID_HANDLE = 400,
    ILLEGAL_STATE = 401, NOT_FOUND = 500, NOT_READY = 600, ILLEGAL_ADDRESS = 700, OUT_OF_RESOURCES = 701,
    MISALIGNED_ADDRESS = 716, NOT_SUPPORTED = 801, CAPTURE_UNSUPPORTED = 900, CAPTURE_INVALIDATED = 901,
    CAPTURE_MERGE = 902, CAPTURE_ISOLATION = 905, CAPTURE_IMPLICIT = 906, CAPTURED_EVENT = 907,
    CAPTURE_WRONG_THREAD = 908,
};

using Address = uint64_t;
using Work = std::function<int()>;

std::recursive_mutex &lock();

// memory.cpp
int allocate(size_t bytes, Address &address);
// Gone for every call at once; the bytes when the work before it is done.
int release(Address address, bool later);
void release_all();
// Whether the range lies in one allocation; says so on stderr where it does not.
bool inside(const char *what, Address address, size_t bytes);
// Ends the process where something wrote beside an allocation; `after` names it.
void check_guards(const char *after);
void memory_in_use(size_t &used, size_t &total);

// streams.cpp
struct Capture {
    int mode;
    std::thread::id thread;
    bool broken = false;
    std::vector<Work> work;
};
struct Stream {
    bool blocking = true;  // waits for the legacy stream, and it for this one
    std::shared_ptr<Capture> capture;
};
// The stream of a handle, or null.
Stream *stream_of(void *handle);
// Records the work into the stream's capture, or lets it wait; `CAPTURE_..` where a capture forbids it.
int submit(void *stream, Work work);
// The work waits until somebody waits for it, so that a program which forgets to wait sees what it forgot.
int enqueue(Work work);
// Runs everything that waits, in the order of the calls; gives the first failure, which stays.
int finish();
int failure();
// Whether this is called by work whose turn has come.
bool at_work();
// What may not be called while something is captured: that capture is broken then.
int forbidden_in_capture();
// SUCCESS where the handle is a stream's that captures nothing; a capture that is there is broken then.
int not_capturing(void *handle);
void drop_streams();

// driver.cpp
// SUCCESS where this thread has a living context.
int context_state();

}  // namespace emulator

#define ENTER_ALWAYS ENTER_WITH(emulator::lock())
#define TRY(CALL)                                                                                                      \
    if (int code = (CALL)) {                                                                                           \
        return code;                                                                                                   \
    }
#define ENTER ENTER_ALWAYS TRY(emulator::context_state())
