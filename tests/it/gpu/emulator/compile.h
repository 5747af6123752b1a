// From a kernel's text to a shared library: NVRTC compiles to learn of mistakes, the driver to run.
#pragma once
#include <string>
#include <vector>

namespace emulator {

// What the emulated PTX carries.
struct Source {
    std::string text;       // CUDA C, with a #line before it
    bool contract = true;   // NVRTC fuses multiplications and additions unless told not to
    int target = 75;        // the architecture, as in sm_75
};

std::string to_ptx(const Source &source);
// False where the text is damaged or none of ours.
bool from_ptx(const char *ptx, Source &source);
// The library's path, or empty: then `log` says why. Built once for each text and shared by all processes.
std::string compile(const Source &source, std::string &log);

bool read_file(const std::string &path, std::string &text);
bool write_file(const std::string &path, const std::string &text);

}  // namespace emulator
