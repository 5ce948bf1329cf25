// Which kernels this processor can run, and which of them a caller wants.
#pragma once

#include <stdexcept>
#include <string>

#include "kernels.h"
#include "rows.h"

#if defined(SYMREG_AVX2) && defined(_MSC_VER)
#include <immintrin.h>
#include <intrin.h>
#endif

namespace symreg {

enum class Instructions { BASELINE, AVX2, AVX512 };

inline Instructions newest_instructions() {
#if !defined(SYMREG_AVX2)
    return Instructions::BASELINE;
#elif defined(_MSC_VER)
    int info[4];
    __cpuid(info, 0);
    if (info[0] < 7) return Instructions::BASELINE;
    __cpuid(info, 1);
    bool fma = info[2] & (1 << 12), saved = info[2] & (1 << 27);
    if (!fma || !saved || (_xgetbv(0) & 6) != 6) return Instructions::BASELINE;
    __cpuidex(info, 7, 0);
    return info[1] & (1 << 5) ? Instructions::AVX2 : Instructions::BASELINE;
#else
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return Instructions::BASELINE;
#if defined(SYMREG_AVX512)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl"))
        return Instructions::AVX512;
#endif
    return Instructions::AVX2;
#endif
}

inline const char* name_of(Instructions set) {
    return set == Instructions::AVX512 ? "avx512" : set == Instructions::AVX2 ? "avx2" : "baseline";
}

// The newest that this processor has and the name allows; "baseline" gives the same bits on all of one architecture.
inline Instructions instructions_up_to(const std::string& name) {
    static const Instructions newest = newest_instructions();
    for (Instructions set : {Instructions::BASELINE, Instructions::AVX2, Instructions::AVX512})
        if (name == name_of(set)) return set < newest ? set : newest;
    if (name != "newest") throw std::invalid_argument("unknown instructions: " + name);
    return newest;
}

inline const Kernels& kernels(const std::string& name) {
    switch (instructions_up_to(name)) {
#if defined(SYMREG_AVX512)
        case Instructions::AVX512: return avx512_kernels();
#endif
#if defined(SYMREG_AVX2)
        case Instructions::AVX2: return avx2_kernels();
#endif
        default: return baseline_kernels();
    }
}

inline const RowKernels& row_kernels(const std::string& name) {
    switch (instructions_up_to(name)) {
#if defined(SYMREG_AVX512)
        case Instructions::AVX512: return avx512_row_kernels();
#endif
#if defined(SYMREG_AVX2)
        case Instructions::AVX2: return avx2_row_kernels();
#endif
        default: return baseline_row_kernels();
    }
}

}  // namespace symreg
