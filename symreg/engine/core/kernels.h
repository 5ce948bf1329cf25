// Loops over one block of rows, one per opcode. This header is the whole interface between the interpreter and the
// kernels, which are compiled once per instruction set and must share no inline function with other files: the
// linker could otherwise pick a copy that this processor cannot run.
#pragma once

#include <cstddef>

#include "join_kernel.h"

namespace symreg {

// clang-format off
enum Opcode : int {
    VARIABLE = 0, CONSTANT = 1,
    ADD = 2, SUB = 3, MUL = 4, DIV = 5, POW = 6, MAX = 7, MIN = 8,
    NEG = 9, INV = 10, SQUARE = 11, CUBE = 12, SQRT = 13, EXP = 14, LOG = 15, LOG10 = 16, SIN = 17, COS = 18, TAN = 19,
    ASIN = 20, ACOS = 21, ATAN = 22, SINH = 23, COSH = 24, TANH = 25, ABS = 26, CBRT = 27, STEP = 28,
    N_OPCODES = 29,
    // Powers with one exponent for all rows; these exist only inside of the interpreter.
    POW_ONE = 29, POW_FOURTH = 30, POW_HALF = 31, POW_THREE_HALVES = 32, POW_MINUS_HALF = 33, POW_MINUS_TWO = 34,
    N_KERNELS = 35
};
// clang-format on

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
    // x = s * x where s > 0, else 0
    void (*weight)(const double* s, double* x, std::size_t n);
    // x = NaN where v is NaN
    void (*mask)(const double* v, double* x, std::size_t n);
    double (*dot)(const double* a, const double* b, std::size_t n);
    // b += factor * a
    void (*axpy)(double factor, const double* a, double* b, std::size_t n);
    Tile tile;
};

const Kernels& baseline_kernels();
const Kernels& avx2_kernels();
const Kernels& avx512_kernels();

}  // namespace symreg
