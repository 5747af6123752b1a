// Device memory is host memory that shows mistakes: it holds NaNs until it is written, lies between guards, and
// cannot be touched once it is freed.
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <deque>
#include <map>

#include "state.h"

namespace emulator {

namespace {

const size_t GUARD = 256;
// A signalling NaN as a float and a NaN as a double: reading beside an allocation shows, too.
const uint32_t PATTERN = 0x7f91c0de;
// So many freed blocks stay unreadable before their addresses may be used again.
const size_t KEPT = 1024;

struct Block {
    size_t bytes;
    char *base;
    size_t mapped;
    unsigned number;
};

struct Memory {
    // What calls may name; and what was freed, as long as work that was submitted before may use it.
    std::map<Address, Block> blocks, ending;
    std::deque<Block> freed;
    std::map<Address, size_t> pinned;
    size_t used = 0, unused = 0;  // bytes that calls may name, and freed ones that are still there
    unsigned count = 0;
};

Memory &memory() {
    static auto &it = *new Memory;
    return it;
}

size_t total() {
    static const char *const text = getenv("EMULATOR_MEMORY");
    static const size_t bytes = text ? strtoull(text, nullptr, 10) : size_t(1) << 30;
    return bytes;
}

size_t rounded(size_t bytes, size_t to) { return (bytes + to - 1) / to * to; }

char pattern(const char *at) { return (char)(PATTERN >> 8 * ((uintptr_t)at % 4)); }

void fill(char *from, char *to) {
    for (; from < to; from++) {
        *from = pattern(from);
    }
}

// The first byte that differs from the pattern, or `to`. This is looked at after every launch, so it takes words.
const char *first_damage(const char *from, const char *to) {
    for (; from < to && (uintptr_t)from % 4 != 0 && *from == pattern(from); from++) {
    }
    for (; to - from >= 4 && (uintptr_t)from % 4 == 0 && memcmp(from, &PATTERN, 4) == 0; from += 4) {
    }
    for (; from < to && *from == pattern(from); from++) {
    }
    return from;
}

void check(const Block &block, char *data, size_t guard, const char *after) {
    auto whole = [&](char *from, char *to) {
        const char *at = first_damage(from, to);
        if (at < to) {
            const char *end = data + block.bytes;
            fprintf(stderr, "emulator: %s wrote outside allocation %u of %zu bytes, %lld bytes %s; the process ends\n",
                    after, block.number, block.bytes, (long long)(at < data ? data - at : at - end),
                    at < data ? "before its start" : "behind its end");
            abort();
        }
    };
    whole(data - GUARD, data);
    whole(data + block.bytes, data + block.bytes + guard);
}

void give_up(Block block) {
    madvise(block.base, block.mapped, MADV_DONTNEED);
    mprotect(block.base, block.mapped, PROT_NONE);
    auto &freed = memory().freed;
    freed.push_back(block);
    if (freed.size() > KEPT) {
        munmap(freed.front().base, freed.front().mapped);
        freed.pop_front();
    }
}

}  // namespace

int allocate(size_t bytes, Address &address) {
    Memory &m = memory();
    if (rounded(bytes, GUARD) < bytes || rounded(bytes, GUARD) > total() - m.used) {
        return OUT_OF_MEMORY;
    }
    size_t mapped = rounded(bytes + 2 * GUARD, (size_t)sysconf(_SC_PAGESIZE));
    void *base = mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (base == MAP_FAILED) {
        return OUT_OF_MEMORY;
    }
    char *data = (char *)base + GUARD;
    fill(data - GUARD, data);
    memset(data, 0xff, bytes);
    fill(data + bytes, (char *)base + mapped);
    m.used += rounded(bytes, GUARD);
    address = (Address)data;
    m.blocks[address] = {bytes, (char *)base, mapped, ++m.count};
    return SUCCESS;
}

int release(Address address, bool later) {
    Memory &m = memory();
    auto found = m.blocks.find(address);
    if (found == m.blocks.end()) {
        fprintf(stderr, "emulator: %#llx is freed and is no allocation\n", (unsigned long long)address);
        return INVALID_VALUE;
    }
    Block block = found->second;
    m.blocks.erase(found);
    m.ending[address] = block;
    // Later allocations may have the room: a real device would wait for it.
    m.used -= rounded(block.bytes, GUARD);
    m.unused += block.mapped;
    auto work = [address, block] {
        char *data = block.base + GUARD;
        memory().unused -= block.mapped;
        memory().ending.erase(address);
        check(block, data, block.mapped - GUARD - block.bytes, "something before the free");
        give_up(block);
        return (int)SUCCESS;
    };
    if (!later) {
        return work();
    }
    TRY(enqueue(work))
    return m.unused > total() / 2 ? finish() : (int)SUCCESS;
}

void release_all() {
    while (!memory().blocks.empty()) {
        release(memory().blocks.begin()->first, false);
    }
}

bool inside(const char *what, Address address, size_t bytes) {
    if (bytes == 0) {
        return true;
    }
    for (auto *blocks : {&memory().blocks, &memory().ending}) {
        auto after = blocks->upper_bound(address);
        if (after == blocks->begin() || (blocks == &memory().ending && !at_work())) {
            continue;
        }
        const Block &block = std::prev(after)->second;
        size_t offset = address - std::prev(after)->first;
        if (offset >= block.bytes) {
            continue;
        }
        if (bytes > block.bytes - offset) {
            fprintf(stderr, "emulator: %s takes %zu bytes at offset %zu of allocation %u, which has %zu\n", what, bytes,
                    offset, block.number, block.bytes);
        }
        return bytes <= block.bytes - offset;
    }
    fprintf(stderr, "emulator: %s takes %zu bytes at %#llx, where no allocation is\n", what, bytes,
            (unsigned long long)address);
    return false;
}

void check_guards(const char *after) {
    for (auto &entry : memory().blocks) {
        size_t guard = entry.second.mapped - GUARD - entry.second.bytes;
        check(entry.second, (char *)entry.first, guard < GUARD ? guard : GUARD, after);
    }
}

void memory_in_use(size_t &used, size_t &all) {
    used = memory().used;
    all = total();
}

}  // namespace emulator

using namespace emulator;

namespace {

// Page-locked host memory, which copies read and write when their turn comes.
bool pinned(Address address, size_t bytes) {
    auto after = memory().pinned.upper_bound(address);
    return after != memory().pinned.begin() && address + bytes <= std::prev(after)->first + std::prev(after)->second;
}

// Both ends are looked at when the call is made, and again when a graph repeats it.
Work copy(const char *what, Address to, Address from, size_t bytes, bool to_device, bool from_device) {
    return [=] {
        if ((to_device && !inside(what, to, bytes)) || (from_device && !inside(what, from, bytes))) {
            return (int)ILLEGAL_ADDRESS;
        }
        memmove((void *)to, (const void *)from, bytes);
        return (int)SUCCESS;
    };
}

int copy_call(const char *what, Address to, Address from, size_t bytes, bool to_device, bool from_device, bool now,
              void *stream) {
    if ((to_device && !inside(what, to, bytes)) || (from_device && !inside(what, from, bytes)) ||
        (bytes > 0 && (!to || !from))) {
        return INVALID_VALUE;
    }
    if (now) {
        TRY(forbidden_in_capture())
        TRY(finish())
        return copy(what, to, from, bytes, to_device, from_device)();
    }
    Stream *on = stream_of(stream);
    if (to_device && !from_device && on && !on->capture && !pinned(from, bytes)) {
        // The driver takes a copy of pageable memory before it returns.
        auto staged = std::make_shared<std::vector<char>>((const char *)from, (const char *)from + bytes);
        return submit(stream, [=] { return copy(what, to, (Address)staged->data(), bytes, true, false)(); });
    }
    TRY(submit(stream, copy(what, to, from, bytes, to_device, from_device)))
    bool waits = from_device && !to_device && on && !on->capture && !pinned(to, bytes);
    return waits ? finish() : (int)SUCCESS;
}

int set_call(const char *what, Address to, uint32_t value, size_t size, size_t count, bool now, void *stream) {
    if (count > SIZE_MAX / size || to % size != 0 || !inside(what, to, count * size)) {
        return INVALID_VALUE;
    }
    auto work = [=] {
        if (!inside(what, to, count * size)) {
            return (int)ILLEGAL_ADDRESS;
        }
        if (size == 1) {
            memset((void *)to, (int)value, count);
        } else {
            std::fill_n((uint32_t *)to, count, value);
        }
        return (int)SUCCESS;
    };
    if (now) {
        TRY(forbidden_in_capture())
        TRY(finish())
        return work();
    }
    return submit(stream, work);
}

}  // namespace

EXPORT int cuMemAlloc_v2(Address *address, size_t bytes) {
    ENTER
    TRY(forbidden_in_capture())
    return bytes == 0 ? INVALID_VALUE : allocate(bytes, *address);
}

EXPORT int cuMemFree_v2(Address address) {
    ENTER
    TRY(forbidden_in_capture())
    TRY(finish())
    return address == 0 ? SUCCESS : release(address, false);
}

EXPORT int cuMemAllocAsync(Address *address, size_t bytes, void *stream) {
    ENTER
    // A real capture would make the allocation a part of the graph; what captures here allocates before.
    TRY(not_capturing(stream))
    *address = 0;
    return bytes == 0 ? SUCCESS : allocate(bytes, *address);
}

EXPORT int cuMemFreeAsync(Address address, void *stream) {
    ENTER
    TRY(not_capturing(stream))
    return address == 0 ? SUCCESS : release(address, true);
}

EXPORT int cuMemGetInfo_v2(size_t *unused, size_t *all) {
    ENTER
    size_t used;
    memory_in_use(used, *all);
    *unused = *all - used;
    return SUCCESS;
}

EXPORT int cuMemHostAlloc(void **pointer, size_t bytes, unsigned) {
    ENTER
    TRY(forbidden_in_capture())
    *pointer = aligned_alloc(4096, rounded(bytes ? bytes : 1, 4096));
    if (*pointer) {
        memset(*pointer, 0xff, bytes);
        memory().pinned[(Address)*pointer] = bytes;
    }
    return *pointer ? SUCCESS : OUT_OF_MEMORY;
}

EXPORT int cuMemFreeHost(void *pointer) {
    ENTER
    TRY(forbidden_in_capture())
    TRY(finish())
    if (memory().pinned.erase((Address)pointer) == 0) {
        return INVALID_VALUE;
    }
    free(pointer);
    return SUCCESS;
}

EXPORT int cuMemcpyHtoD_v2(Address to, const void *from, size_t bytes) {
    ENTER
    return copy_call(__func__, to, (Address)from, bytes, true, false, true, nullptr);
}

EXPORT int cuMemcpyDtoH_v2(void *to, Address from, size_t bytes) {
    ENTER
    return copy_call(__func__, (Address)to, from, bytes, false, true, true, nullptr);
}

EXPORT int cuMemcpyDtoD_v2(Address to, Address from, size_t bytes) {
    ENTER
    return copy_call(__func__, to, from, bytes, true, true, true, nullptr);
}

EXPORT int cuMemcpyHtoDAsync_v2(Address to, const void *from, size_t bytes, void *stream) {
    ENTER
    return copy_call(__func__, to, (Address)from, bytes, true, false, false, stream);
}

EXPORT int cuMemcpyDtoHAsync_v2(void *to, Address from, size_t bytes, void *stream) {
    ENTER
    return copy_call(__func__, (Address)to, from, bytes, false, true, false, stream);
}

EXPORT int cuMemcpyDtoDAsync_v2(Address to, Address from, size_t bytes, void *stream) {
    ENTER
    return copy_call(__func__, to, from, bytes, true, true, false, stream);
}

EXPORT int cuMemsetD8_v2(Address to, unsigned char value, size_t count) {
    ENTER
    return set_call(__func__, to, value, 1, count, true, nullptr);
}

EXPORT int cuMemsetD8Async(Address to, unsigned char value, size_t count, void *stream) {
    ENTER
    return set_call(__func__, to, value, 1, count, false, stream);
}

EXPORT int cuMemsetD32_v2(Address to, unsigned value, size_t count) {
    ENTER
    return set_call(__func__, to, value, 4, count, true, nullptr);
}

EXPORT int cuMemsetD32Async(Address to, unsigned value, size_t count, void *stream) {
    ENTER
    return set_call(__func__, to, value, 4, count, false, stream);
}

// For libcublas, which is a client of the driver as the program is.
EXPORT bool emulator_inside(const char *what, Address address, size_t bytes) {
    std::lock_guard<std::recursive_mutex> held(lock());
    return inside(what, address, bytes);
}
