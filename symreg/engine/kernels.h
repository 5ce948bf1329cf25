// Loops over one block of rows, one per opcode. This header is the whole interface between the interpreter and the
// kernels, which are compiled once per instruction set and must share no inline function with other files: the
// linker could otherwise pick a copy that this processor cannot run.
#pragma once

#include <cstddef>

#include "join_kernel.h"

namespace symreg {

enum Opcode : int {
    VARIABLE = 0, CONSTANT = 1,
    ADD = 2, SUB = 3, MUL = 4, DIV = 5, POW = 6,
    NEG = 7, INV = 8, SQUARE = 9, CUBE = 10, SQRT = 11, EXP = 12, LOG = 13, LOG10 = 14, SIN = 15, COS = 16, TAN = 17,
    ASIN = 18, ACOS = 19, ATAN = 20, SINH = 21, COSH = 22, TANH = 23, ABS = 24,
    N_OPCODES = 25,
    // Powers with one exponent for all rows; these exist only inside of the interpreter.
    POW_ONE = 25, POW_FOURTH = 26, POW_HALF = 27, POW_THREE_HALVES = 28, POW_MINUS_HALF = 29, POW_MINUS_TWO = 30,
    N_KERNELS = 31
};

constexpr std::size_t LANES = 8;     // every block is padded to a multiple of this
constexpr std::size_t BLOCK = 256;   // rows in a block: a handful of blocks stays in the first cache

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
