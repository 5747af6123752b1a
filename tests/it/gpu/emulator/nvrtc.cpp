// libnvrtc: knows a text as good or bad by compiling it as C++; its PTX is the text itself.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mutex>
#include <set>

#include "compile.h"
#include "entry.h"

namespace {

enum { SUCCESS = 0, CREATION = 2, INPUT = 3, PROGRAM = 4, OPTION = 5, COMPILATION = 6 };

struct Program {
    emulator::Source source;
    std::string name, ptx, log;
};

const int ARCHS[] = {75, 80, 86, 87, 88, 89, 90, 100, 103, 110, 120, 121};

std::recursive_mutex &lock() {
    static auto &it = *new std::recursive_mutex;
    return it;
}

std::set<Program *> &programs() {
    static auto &it = *new std::set<Program *>;
    return it;
}

bool one_of(const std::string &word, std::initializer_list<const char *> words) {
    for (const char *w : words) {
        if (word == w) {
            return true;
        }
    }
    return false;
}

// Whether the option is known, and then what it does.
bool option(std::string word, Program &program, std::string &defines) {
    if (word.compare(0, 2, "-D") == 0) {
        word = "--define-macro=" + word.substr(2);
    } else if (one_of(word.substr(0, word.find('=')), {"-arch", "-fmad", "-std"})) {
        word = "-" + word;
    }
    size_t equals = word.find('=');
    std::string name = word.substr(0, equals), value = equals == std::string::npos ? "" : word.substr(equals + 1);
    if (name == "--gpu-architecture" || name == "--arch") {
        int arch = 0, end = 0;
        for (const char *form : {"compute_%d%n", "sm_%d%n"}) {
            if (sscanf(value.c_str(), form, &arch, &end) == 1) {
                break;
            }
        }
        if (end == 0 || value[end] != 0) {
            return false;
        }
        program.source.target = arch;
        for (int known : ARCHS) {
            if (arch == known) {
                return true;
            }
        }
        return false;
    }
    if (name == "--fmad") {
        program.source.contract = value == "true";
        return one_of(value, {"true", "false"});
    }
    if (name == "--define-macro") {
        size_t at = value.find('=');
        std::string meaning = at == std::string::npos ? "1" : value.substr(at + 1);
        defines += "#define " + value.substr(0, at) + " " + meaning + "\n";
        return !value.empty();
    }
    if (name == "--maxrregcount") {
        return atoi(value.c_str()) > 0;
    }
    // Other arithmetic than IEEE's cannot be emulated.
    return one_of(word, {"--ftz=false", "--prec-div=true", "--prec-sqrt=true", "--std=c++11", "--std=c++14",
                         "--std=c++17", "--std=c++20", "-lineinfo", "--generate-line-info", "-w", "--disable-warnings",
                         "--restrict", "-restrict", "-default-device", "--device-as-default-execution-space",
                         "--extra-device-vectorization", "--dopt=on"});
}

}  // namespace

#define ENTER ENTER_WITH(lock())
#define ENTER_PROGRAM                                                                                                  \
    ENTER                                                                                                              \
    if (!programs().count(program)) {                                                                                  \
        return PROGRAM;                                                                                                \
    }

EXPORT int nvrtcVersion(int *major, int *minor) {
    ENTER
    *major = 13;
    *minor = 0;
    return SUCCESS;
}

EXPORT int nvrtcGetNumSupportedArchs(int *count) {
    ENTER
    *count = sizeof ARCHS / sizeof *ARCHS;
    return SUCCESS;
}

EXPORT int nvrtcGetSupportedArchs(int *archs) {
    ENTER
    memcpy(archs, ARCHS, sizeof ARCHS);
    return SUCCESS;
}

EXPORT const char *nvrtcGetErrorString(int code) {
    static const char *const names[] = {
        "NVRTC_SUCCESS", "NVRTC_ERROR_OUT_OF_MEMORY", "NVRTC_ERROR_PROGRAM_CREATION_FAILURE",
        "NVRTC_ERROR_INVALID_INPUT", "NVRTC_ERROR_INVALID_PROGRAM", "NVRTC_ERROR_INVALID_OPTION",
        "NVRTC_ERROR_COMPILATION", "NVRTC_ERROR_BUILTIN_OPERATION_FAILURE"};
    return code >= 0 && code < 8 ? names[code] : "NVRTC_ERROR unknown";
}

EXPORT int nvrtcCreateProgram(Program **program, const char *text, const char *name, int headers, const char *const *,
                              const char *const *) {
    ENTER
    if (!program || !text) {
        return INPUT;
    }
    if (headers != 0) {
        fprintf(stderr, "emulator: headers beside a program's text are not emulated\n");
        return CREATION;
    }
    *program = new Program;
    (*program)->source.text = text;
    (*program)->name = name ? name : "default_program";
    programs().insert(*program);
    return SUCCESS;
}

EXPORT int nvrtcDestroyProgram(Program **which) {
    Program *program = which ? *which : nullptr;
    ENTER_PROGRAM
    programs().erase(program);
    delete program;
    *which = nullptr;
    return SUCCESS;
}

EXPORT int nvrtcCompileProgram(Program *program, int count, const char *const *options) {
    ENTER_PROGRAM
    std::string defines, text = program->source.text;
    program->log.clear();
    for (int i = 0; i < count; i++) {
        if (!option(options[i], *program, defines)) {
            program->log = "nvrtc: error: invalid option, or one that is not emulated: ";
            program->log += std::string(options[i]) + "\n";
            return OPTION;
        }
    }
    emulator::Source whole = program->source;
    whole.text = defines + "#line 1 \"" + program->name + "\"\n" + text;
    if (emulator::compile(whole, program->log).empty()) {
        return COMPILATION;
    }
    program->ptx = emulator::to_ptx(whole);
    return SUCCESS;
}

EXPORT int nvrtcGetProgramLogSize(Program *program, size_t *size) {
    ENTER_PROGRAM
    *size = program->log.size() + 1;
    return SUCCESS;
}

EXPORT int nvrtcGetProgramLog(Program *program, char *log) {
    ENTER_PROGRAM
    memcpy(log, program->log.c_str(), program->log.size() + 1);
    return SUCCESS;
}

EXPORT int nvrtcGetPTXSize(Program *program, size_t *size) {
    ENTER_PROGRAM
    *size = program->ptx.size() + 1;
    return program->ptx.empty() ? PROGRAM : SUCCESS;
}

EXPORT int nvrtcGetPTX(Program *program, char *ptx) {
    ENTER_PROGRAM
    memcpy(ptx, program->ptx.c_str(), program->ptx.size() + 1);
    return program->ptx.empty() ? PROGRAM : SUCCESS;
}
