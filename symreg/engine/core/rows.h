// Loops over rows of the bank. Like kernels.h this is the whole interface to code that is compiled once per
// instruction set, and shares no inline function with other files.
#pragma once

#include <cstddef>

namespace symreg {

constexpr std::size_t FIRST = 12;  // probes of the first key

struct RowSurvey {
    double least, greatest, sum;
    double squares;  // their sum; not a number where any value is none, and then the others mean nothing
};

struct RowKernels {
    // For each of n rows of `width` values: the largest absolute value and the products with both rows of
    // `projections`; n rows of three numbers come out. A value that is not a number makes both products so.
    void (*project)(const double* rows, std::size_t n, std::size_t width, const double* projections, double* out);
    // The same for rows of FIRST values.
    void (*project_first)(const double* rows, std::size_t n, const double* projections, double* out);
    RowSurvey (*survey)(const double* row, std::size_t n);
    // out = factor * row, in single precision
    void (*scale)(const double* row, double factor, float* out, std::size_t n);
};

const RowKernels& baseline_row_kernels();
const RowKernels& avx2_row_kernels();
const RowKernels& avx512_row_kernels();

}  // namespace symreg
