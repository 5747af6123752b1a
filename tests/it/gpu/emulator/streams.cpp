// Streams, events, captures and graphs. All streams share one queue: any order that the calls allow is right, and
// theirs is the simplest.
#include <chrono>
#include <deque>
#include <set>

#include "state.h"

namespace emulator {

namespace {

using Time = std::chrono::steady_clock::time_point;
using Graph = std::shared_ptr<std::vector<Work>>;

// A real queue is about as deep: a call waits where it is full.
const size_t DEPTH = 1024;

struct Event {
    unsigned flags = 0;
    bool recorded = false;
    // Shared with the work that takes the time, which may outlive the event.
    std::shared_ptr<Time> time = std::make_shared<Time>();
    std::weak_ptr<Capture> capture;
};

struct Queue {
    Stream legacy, per_thread;
    std::set<Stream *> streams;
    std::set<Event *> events;
    std::set<Graph *> graphs;
    std::deque<Work> waiting;
    int failure = SUCCESS;
    bool running = false;
};

Queue &queue() {
    static auto &it = *new Queue;
    return it;
}

template <class F> void each_capture(F f) {
    for (Stream *stream : queue().streams) {
        if (stream->capture) {
            f(*stream);
        }
    }
    if (queue().per_thread.capture) {
        f(queue().per_thread);
    }
}

template <class T> bool destroy(std::set<T *> &all, T *one) {
    if (all.erase(one) == 0) {
        return false;
    }
    delete one;
    return true;
}

}  // namespace

std::recursive_mutex &lock() {
    static auto &it = *new std::recursive_mutex;
    return it;
}

Stream *stream_of(void *handle) {
    Queue &q = queue();
    switch ((uintptr_t)handle) {
    case 0:
    case 1:
        return &q.legacy;
    case 2:
        return &q.per_thread;
    default:
        return q.streams.count((Stream *)handle) ? (Stream *)handle : nullptr;
    }
}

int failure() { return queue().failure; }

bool at_work() { return queue().running; }

int enqueue(Work work) {
    static const bool eager = getenv("EMULATOR_EAGER") != nullptr;
    queue().waiting.push_back(std::move(work));
    return eager || queue().waiting.size() > DEPTH ? finish() : (int)SUCCESS;
}

int submit(void *handle, Work work) {
    Stream *stream = stream_of(handle);
    if (!stream) {
        return INVALID_HANDLE;
    }
    if (stream->capture) {
        if (stream->capture->broken) {
            return CAPTURE_INVALIDATED;
        }
        stream->capture->work.push_back(std::move(work));
        return SUCCESS;
    }
    int code = SUCCESS;
    if (stream == &queue().legacy) {
        // The legacy stream would wait for the captured one.
        each_capture([&](Stream &captured) {
            if (captured.blocking) {
                captured.capture->broken = true;
                code = CAPTURE_IMPLICIT;
            }
        });
    }
    return code ? code : enqueue(std::move(work));
}

int finish() {
    Queue &q = queue();
    // A host function that calls back must not run the rest before itself.
    if (q.running) {
        return q.failure;
    }
    q.running = true;
    while (!q.waiting.empty()) {
        Work work = std::move(q.waiting.front());
        q.waiting.pop_front();
        // After a failure a device does nothing more.
        if (q.failure == SUCCESS) {
            q.failure = work();
        }
    }
    q.running = false;
    if (q.failure == SUCCESS) {
        check_guards("something before this call");
    }
    return q.failure;
}

int forbidden_in_capture() {
    int code = SUCCESS;
    each_capture([&](Stream &stream) {
        Capture &capture = *stream.capture;
        // Modes: 0 forbids it to all threads, 1 to the capturing one, 2 to none.
        if (capture.mode == 0 || (capture.mode == 1 && capture.thread == std::this_thread::get_id())) {
            capture.broken = true;
            code = CAPTURE_UNSUPPORTED;
        }
    });
    return code;
}

int not_capturing(void *handle) {
    Stream *stream = stream_of(handle);
    if (!stream) {
        return INVALID_HANDLE;
    }
    if (stream->capture) {
        stream->capture->broken = true;
        return CAPTURE_UNSUPPORTED;
    }
    return SUCCESS;
}

void drop_streams() {
    finish();
    Queue &q = queue();
    for (Stream *stream : q.streams) {
        delete stream;
    }
    q.streams.clear();
    q.per_thread.capture.reset();
    q.waiting.clear();
    q.failure = SUCCESS;
}

}  // namespace emulator

using namespace emulator;

EXPORT int cuStreamCreate(Stream **stream, unsigned flags) {
    ENTER
    if (flags > 1) {
        return INVALID_VALUE;
    }
    *stream = new Stream;
    (*stream)->blocking = flags == 0;
    queue().streams.insert(*stream);
    return SUCCESS;
}

EXPORT int cuStreamCreateWithPriority(Stream **stream, unsigned flags, int) { return cuStreamCreate(stream, flags); }

EXPORT int cuStreamDestroy_v2(Stream *stream) {
    ENTER
    return destroy(queue().streams, stream) ? SUCCESS : INVALID_HANDLE;
}

EXPORT int cuStreamSynchronize(void *handle) {
    ENTER
    TRY(not_capturing(handle))
    return finish();
}

EXPORT int cuStreamQuery(void *stream) { return cuStreamSynchronize(stream); }

EXPORT int cuCtxSynchronize() {
    ENTER
    TRY(forbidden_in_capture())
    return finish();
}

EXPORT int cuStreamWaitEvent(void *handle, Event *event, unsigned) {
    ENTER
    Stream *stream = stream_of(handle);
    if (!stream || !queue().events.count(event)) {
        return INVALID_HANDLE;
    }
    auto captured = event->capture.lock();
    if (captured == stream->capture) {
        return SUCCESS;
    }
    if (!captured) {
        if (!event->recorded) {
            return SUCCESS;
        }
        stream->capture->broken = true;
        return CAPTURE_ISOLATION;
    }
    captured->broken = true;
    if (stream->capture) {
        return CAPTURE_MERGE;
    }
    fprintf(stderr, "emulator: a capture of more than one stream is not emulated\n");
    return CAPTURE_UNSUPPORTED;
}

EXPORT int cuStreamBeginCapture_v2(void *handle, int mode) {
    ENTER
    Stream *stream = stream_of(handle);
    if (!stream || mode < 0 || mode > 2) {
        return stream ? INVALID_VALUE : INVALID_HANDLE;
    }
    if (stream == &queue().legacy) {
        return CAPTURE_UNSUPPORTED;
    }
    if (stream->capture) {
        return ILLEGAL_STATE;
    }
    stream->capture = std::make_shared<Capture>();
    stream->capture->mode = mode;
    stream->capture->thread = std::this_thread::get_id();
    return SUCCESS;
}

EXPORT int cuStreamEndCapture(void *handle, Graph **graph) {
    ENTER
    Stream *stream = stream_of(handle);
    if (!stream || !stream->capture) {
        return stream ? ILLEGAL_STATE : INVALID_HANDLE;
    }
    *graph = nullptr;
    if (stream->capture->mode != 2 && stream->capture->thread != std::this_thread::get_id()) {
        return CAPTURE_WRONG_THREAD;
    }
    auto capture = std::move(stream->capture);
    if (capture->broken) {
        return CAPTURE_INVALIDATED;
    }
    *graph = new Graph(new std::vector<Work>(std::move(capture->work)));
    queue().graphs.insert(*graph);
    return SUCCESS;
}

EXPORT int cuStreamIsCapturing(void *handle, int *status) {
    ENTER
    Stream *stream = stream_of(handle);
    if (!stream) {
        return INVALID_HANDLE;
    }
    *status = !stream->capture ? 0 : stream->capture->broken ? 2 : 1;
    return SUCCESS;
}

EXPORT int cuGraphInstantiateWithFlags(Graph **exec, Graph *graph, unsigned long long flags) {
    ENTER
    // 4, a launch from the device, is not emulated; the others change nothing that can be seen.
    if (!queue().graphs.count(graph) || (flags & ~0xbull)) {
        return INVALID_VALUE;
    }
    *exec = new Graph(*graph);
    queue().graphs.insert(*exec);
    return SUCCESS;
}

EXPORT int cuGraphUpload(Graph *exec, void *stream) {
    ENTER
    return queue().graphs.count(exec) && stream_of(stream) ? SUCCESS : INVALID_VALUE;
}

EXPORT int cuGraphLaunch(Graph *exec, void *stream) {
    ENTER
    if (!queue().graphs.count(exec)) {
        return INVALID_VALUE;
    }
    return submit(stream, [graph = *exec] {
        for (const Work &work : *graph) {
            TRY(work())
        }
        return (int)SUCCESS;
    });
}

EXPORT int cuGraphGetNodes(Graph *graph, void **nodes, size_t *count) {
    ENTER
    if (!queue().graphs.count(graph) || nodes) {
        return nodes ? NOT_SUPPORTED : INVALID_VALUE;
    }
    *count = (*graph)->size();
    return SUCCESS;
}

EXPORT int cuGraphDestroy(Graph *graph) {
    ENTER
    return destroy(queue().graphs, graph) ? SUCCESS : INVALID_VALUE;
}

EXPORT int cuGraphExecDestroy(Graph *exec) { return cuGraphDestroy(exec); }

EXPORT int cuEventCreate(Event **event, unsigned flags) {
    ENTER
    *event = new Event;
    (*event)->flags = flags;
    queue().events.insert(*event);
    return SUCCESS;
}

EXPORT int cuEventDestroy_v2(Event *event) {
    ENTER
    return destroy(queue().events, event) ? SUCCESS : INVALID_HANDLE;
}

EXPORT int cuEventRecord(Event *event, void *handle) {
    ENTER
    Stream *stream = stream_of(handle);
    if (!stream || !queue().events.count(event)) {
        return INVALID_HANDLE;
    }
    event->capture = stream->capture;
    if (stream->capture) {
        return SUCCESS;
    }
    event->recorded = true;
    return submit(handle, [time = event->time] {
        *time = std::chrono::steady_clock::now();
        return (int)SUCCESS;
    });
}

EXPORT int cuEventSynchronize(Event *event) {
    ENTER
    if (!queue().events.count(event)) {
        return INVALID_HANDLE;
    }
    if (auto capture = event->capture.lock()) {
        capture->broken = true;
        return CAPTURED_EVENT;
    }
    return finish();
}

EXPORT int cuEventQuery(Event *event) { return cuEventSynchronize(event); }

EXPORT int cuEventElapsedTime_v2(float *milliseconds, Event *from, Event *to) {
    ENTER
    for (Event *event : {from, to}) {
        // Flag 2 is an event without a time.
        if (!queue().events.count(event) || !event->recorded || (event->flags & 2)) {
            return INVALID_HANDLE;
        }
    }
    TRY(finish())
    *milliseconds = std::chrono::duration<float, std::milli>(*to->time - *from->time).count();
    return SUCCESS;
}

EXPORT int cuEventElapsedTime(float *milliseconds, Event *from, Event *to) {
    return cuEventElapsedTime_v2(milliseconds, from, to);
}
