#include "compile.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

namespace emulator {

namespace {

const char *const MARK = "// the emulated device's source, bytes and check sum: ";

uint64_t hash(const std::string &text, uint64_t value) {
    for (unsigned char c : text) {
        value = (value ^ c) * 0x100000001b3u;
    }
    return value;
}

std::string hex(const std::string &text) {
    char digits[40];
    snprintf(digits, sizeof digits, "%016llx%016llx", (unsigned long long)hash(text, 0xcbf29ce484222325u),
             (unsigned long long)hash(text, 0x9ae16a3b2f90404fu));
    return digits;
}

// The folder that this library truly lies in: links to it share what was compiled.
std::string folder() {
    static const int here = 0;
    Dl_info info;
    char path[4096];
    if (!dladdr(&here, &info) || !realpath(info.dli_fname, path)) {
        return "";
    }
    *strrchr(path, '/') = 0;
    return path;
}

// Comments and strings are blanked, so that what remains can be searched; places stay.
std::string blanked(const std::string &text) {
    std::string out = text;
    for (size_t i = 0; i < text.size(); i++) {
        size_t end = i;
        if (text.compare(i, 2, "//") == 0) {
            end = text.find('\n', i);
        } else if (text.compare(i, 2, "/*") == 0) {
            end = text.find("*/", i + 2);
            end = end == std::string::npos ? end : end + 2;
        } else if (text[i] == '"' || (text[i] == '\'' && (i == 0 || !isalnum((unsigned char)text[i - 1])))) {
            for (end = i + 1; end < text.size() && text[end] != text[i]; end++) {
                end += text[end] == '\\';
            }
            end++;
        } else {
            continue;
        }
        end = end < text.size() ? end : text.size();
        for (; i < end; i++) {
            out[i] = out[i] == '\n' ? '\n' : ' ';
        }
        i--;
    }
    return out;
}

bool is_word(char c) { return isalnum((unsigned char)c) || c == '_'; }

struct Kernel {
    size_t at;
    std::string name, threads;
};

// `extern "C" __global__ void NAME(`, with `__launch_bounds__(..)` on either side of `void`.
std::vector<Kernel> kernels(const std::string &text) {
    std::vector<Kernel> found;
    std::string code = blanked(text);
    for (size_t at = 0; (at = code.find("__global__", at)) != std::string::npos;) {
        size_t begin = code.find_last_not_of(" \t\r\n", at - (at > 0));
        size_t start = text.rfind("extern", at);
        at += strlen("__global__");
        // Only the quoted "C", which is blanked, may lie between.
        if (start == std::string::npos || begin == std::string::npos || begin != start + strlen("extern") - 1) {
            continue;
        }
        Kernel kernel{start, "", "1024"};
        for (size_t i = at; i < code.size();) {
            if (isspace((unsigned char)code[i])) {
                i++;
            } else if (!is_word(code[i])) {
                break;
            } else {
                size_t end = i;
                while (end < code.size() && is_word(code[end])) {
                    end++;
                }
                kernel.name = code.substr(i, end - i);
                i = end;
                if (kernel.name == "__launch_bounds__" && (i = code.find('(', i)) != std::string::npos) {
                    int depth = 0;
                    size_t open = i;
                    do {
                        depth += code[i] == '(' ? 1 : code[i] == ')' ? -1 : 0;
                        i++;
                    } while (depth > 0 && i < code.size());
                    kernel.threads = "emulated_bound" + code.substr(open, i - open);
                }
            }
        }
        found.push_back(kernel);
    }
    return found;
}

// The whole C++ file.
std::string generated(const Source &source) {
    std::vector<Kernel> list = kernels(source.text);
    std::string out = "#include \"shim.h\"\n#define EMULATED_SHARED \"emulated_shared_0\"\n", table, limits;
    size_t done = 0;
    // The text has its own #line, behind the macros' definitions: lines are counted from there.
    int line = 0;
    for (size_t i = source.text.find("#line 1 "); i != std::string::npos && i-- > 0;) {
        line -= source.text[i] == '\n';
    }
    for (size_t k = 0; k < list.size(); k++) {
        std::string part = source.text.substr(done, list[k].at - done);
        for (char c : part) {
            line += c == '\n';
        }
        std::string number = std::to_string(k);
        out += part + "\n#undef EMULATED_SHARED\n#define EMULATED_SHARED \"emulated_shared_" + number + "\"\n#line " +
               std::to_string(line) + "\n";
        done = list[k].at;
        limits += "EMULATED_LIMITS(" + number + ")\n";
        table += "EMULATED_KERNEL(" + list[k].name + ", " + number + ", " + list[k].threads + ")\n";
    }
    out += source.text.substr(done) + "\n#line 1 \"emulated kernels\"\n" + limits;
    out += "static emulated_kernel emulated_kernels[] = {\n" + table + "{0, 0, 0, 0, 0}};\n";
    out += "extern \"C\" __attribute__((visibility(\"default\"))) emulated_module emulated = {emulated_kernels, "
           "&threadIdx, &blockIdx, &blockDim, &gridDim, &emulated_barrier};\n";
    return out;
}

int run(const std::vector<std::string> &words, const std::string &log) {
    std::vector<char *> argv;
    for (const std::string &word : words) {
        argv.push_back(const_cast<char *>(word.c_str()));
    }
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 2, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    pid_t child;
    int status = posix_spawnp(&child, argv[0], &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (status != 0 || waitpid(child, &status, 0) != child) {
        return -1;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

bool read_file(const std::string &path, std::string &text) {
    FILE *file = fopen(path.c_str(), "rb");
    if (!file) {
        return false;
    }
    char part[65536];
    text.clear();
    for (size_t n; (n = fread(part, 1, sizeof part, file)) > 0;) {
        text.append(part, n);
    }
    bool good = !ferror(file);
    fclose(file);
    return good;
}

bool write_file(const std::string &path, const std::string &text) {
    FILE *file = fopen(path.c_str(), "wb");
    if (!file) {
        return false;
    }
    bool good = fwrite(text.data(), 1, text.size(), file) == text.size();
    return fclose(file) == 0 && good;
}

std::string to_ptx(const Source &source) {
    std::string ptx = "//\n// Generated by the emulated NVRTC\n//\n\n.version 9.0\n.target sm_" +
                      std::to_string(source.target) + "\n.address_size 64\n\n";
    ptx += std::string(MARK) + std::to_string(source.text.size()) + " " + hex(source.text) + " " +
           (source.contract ? "fmad" : "exact") + "\n";
    return ptx + source.text;
}

bool from_ptx(const char *ptx, Source &source) {
    const char *target = strstr(ptx, "\n.target sm_"), *mark = strstr(ptx, MARK);
    const char *end = mark ? strchr(mark, '\n') : nullptr;
    char sum[64], fused[16];
    size_t bytes;
    if (!target || !end || sscanf(target, "\n.target sm_%d", &source.target) != 1 ||
        sscanf(mark + strlen(MARK), "%zu %63s %15s", &bytes, sum, fused) != 3) {
        return false;
    }
    source.text = end + 1;
    source.contract = strcmp(fused, "fmad") == 0;
    return source.text.size() == bytes && hex(source.text) == sum;
}

std::string compile(const Source &source, std::string &log) {
    std::string here = folder(), cache = here + "/kernels";
    std::vector<std::string> words = {"c++", "-std=c++17", "-O1", "-fPIC", "-shared", "-w", "-fvisibility=hidden",
                                      "-fno-math-errno", "-fno-strict-aliasing", "-Wl,-Bsymbolic",
                                      // An index outside a shared array, and a float4 at an odd place, are trapped.
                                      "-fsanitize=bounds,alignment", "-fsanitize-undefined-trap-on-error"};
    if (source.contract) {
        // GCC contracts with these optimisations only.
        words.insert(words.end(), {"-ffp-contract=fast", "-fexpensive-optimizations", "-DEMULATED_CONTRACTS"});
    } else {
        words.push_back("-ffp-contract=off");
    }
#if defined(__x86_64__)
    // The math library's own fma is slow where the processor has one.
    if (__builtin_cpu_supports("fma")) {
        words.push_back("-mfma");
    }
#endif
    std::string text = generated(source), key = text;
    for (const std::string &word : words) {
        key += " " + word;
    }
    std::string path = cache + "/" + hex(key) + ".so";
    if (access(path.c_str(), R_OK) == 0) {
        return path;
    }
    mkdir(cache.c_str(), 0700);
    char own[] = "/build-XXXXXX";
    std::string pattern = cache + own;
    if (!mkdtemp(&pattern[0])) {
        log = "the emulator cannot write into its folder " + cache + "\n";
        return "";
    }
    std::string cpp = pattern + "/kernels.cpp", so = pattern + "/kernels.so", errors = pattern + "/errors";
    words.insert(words.end(), {"-I", here, "-o", so, cpp});
    int status = -1;
    if (write_file(cpp, text)) {
        status = run(words, errors);
        read_file(errors, log);
    }
    // A rename is seen whole by other processes, whichever of them is first.
    bool good = status == 0 && rename(so.c_str(), path.c_str()) == 0;
    if (!good && log.empty()) {
        log = "the C++ compiler `c++` ended with status " + std::to_string(status) + "\n";
    }
    for (const std::string &file : {cpp, so, errors}) {
        unlink(file.c_str());
    }
    rmdir(pattern.c_str());
    return good ? path : "";
}

}  // namespace emulator
