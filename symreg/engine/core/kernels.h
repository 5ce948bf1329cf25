// Loops over one block of rows, one per opcode (operators.h). This header is the whole interface between the
// interpreter and the kernels, which are compiled once per instruction set and must share no inline function with other
// files: the linker could otherwise pick a copy that this processor cannot run.
#pragma once

#include <cstddef>

#include "join_kernel.h"
#include "operators.h"

namespace symreg {

#define SYMREG_NUMBERED(name, ...) name,
// clang-format off
enum Opcode : int {
    VARIABLE,
    CONSTANT,
    SYMREG_OPERATORS(SYMREG_NUMBERED, SYMREG_NUMBERED, SYMREG_NUMBERED)
    N_OPCODES,
    // Powers with one exponent for all rows; these exist only inside of the interpreter.
    POW_ONE = N_OPCODES,
    POW_FOURTH,
    POW_HALF,
    POW_THREE_HALVES,
    POW_MINUS_HALF,
    POW_MINUS_TWO,
    N_KERNELS
};
// clang-format on
#undef SYMREG_NUMBERED

constexpr std::size_t LANES = 8;    // every block is padded to a multiple of this
constexpr std::size_t BLOCK = 256;  // rows in a block: a handful of blocks stays in the first cache

// out = op(a, b); unary operators do not read b. out must not overlap a or b.
template <class T>
using Forward = void (*)(const T* a, const T* b, T* out, std::size_t n);
// out += g * d op / d operand, with v = op(a, b).
using Backward = void (*)(const double* g, const double* a, const double* b, const double* v, double* out,
                          std::size_t n);

struct Kernels {
    Forward<double> forward[N_KERNELS];
    Forward<float> forward_single[N_KERNELS];
    Backward by_first[N_OPCODES];
    Backward by_second[N_OPCODES];
    // r = s * (y - f) where s > 0, else 0
    void (*residuals)(const double* s, const double* y, const double* f, double* r, std::size_t n);
    // x = s * x where s > 0, else 0; NaN where s > 0 and v is NaN
    void (*weigh)(const double* s, const double* v, double* x, std::size_t n);
    // x = NaN where v is NaN
    void (*mask)(const double* v, double* x, std::size_t n);
    double (*dot)(const double* a, const double* b, std::size_t n);
    // One Householder reflection for each of p columns takes n rows of p + 1 columns into the triangle R above them,
    // (p + 1, p + 1), column-major. The columns are overwritten.
    void (*fold)(double* R, double* const* columns, std::size_t p, std::size_t n);
    Tile tile;
};

const Kernels& baseline_kernels();
const Kernels& avx2_kernels();
const Kernels& avx512_kernels();

}  // namespace symreg
