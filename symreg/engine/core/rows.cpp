// Compiled several times with SYMREG_KERNELS naming the instruction set. Sums run in LANES columns, so that compilers
// make vector code of them.
#include "rows.h"

#include <cmath>
#include <cstring>

#include "kernels.h"

namespace symreg {
namespace {

using std::size_t;

#include "lanes.h"

inline double larger(double x, double y) { return x > y ? x : y; }
inline double smaller(double x, double y) { return x < y ? x : y; }

constexpr size_t QUARTER = 4;  // lanes of one register

template <size_t WIDTH>  // 0: as many as `width` says
inline void project_row(const double* row, size_t width, const double* p, const double* q, double* out) {
    double largest[QUARTER] = {}, first[QUARTER] = {}, second[QUARTER] = {};
    size_t n = WIDTH ? WIDTH : width, i = 0;
    for (; i + QUARTER <= n; i += QUARTER)
        for (size_t j = 0; j < QUARTER; ++j) {
            double v = row[i + j];
            largest[j] = larger(std::fabs(v), largest[j]);
            first[j] += v * p[i + j];
            second[j] += v * q[i + j];
        }
    for (; i < n; ++i) {
        largest[0] = larger(std::fabs(row[i]), largest[0]);
        first[0] += row[i] * p[i];
        second[0] += row[i] * q[i];
    }
    out[0] = larger(larger(largest[0], largest[2]), larger(largest[1], largest[3]));
    out[1] = (first[0] + first[2]) + (first[1] + first[3]);
    out[2] = (second[0] + second[2]) + (second[1] + second[3]);
}

void project(const double* rows, size_t n, size_t width, const double* projections, double* out) {
    for (size_t i = 0; i < n; ++i)
        project_row<0>(rows + i * width, width, projections, projections + width, out + 3 * i);
}

void project_first(const double* rows, size_t n, const double* projections, double* out) {
    for (size_t i = 0; i < n; ++i)
        project_row<FIRST>(rows + i * FIRST, FIRST, projections, projections + FIRST, out + 3 * i);
}

RowSurvey survey(const double* row, size_t n) {
    double least[LANES], greatest[LANES], sum[LANES], squares[LANES];
    Lanes low = Lanes::all(row[0]), high = low, added, squared;
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        Lanes v = Lanes::load(row + i);
        low.lower(v);
        high.raise(v);
        added.plus(v);
        squared.add(v, v);
    }
    low.store(least), high.store(greatest), added.store(sum), squared.store(squares);
    for (size_t j = 0; i < n; ++i, ++j) {
        double v = row[i];
        least[j] = smaller(v, least[j]);
        greatest[j] = larger(v, greatest[j]);
        sum[j] += v;
        squares[j] += v * v;
    }
    RowSurvey all{least[0], greatest[0], sum[0], squares[0]};
    for (size_t j = 1; j < LANES; ++j) {
        all.least = smaller(least[j], all.least);
        all.greatest = larger(greatest[j], all.greatest);
        all.sum += sum[j];
        all.squares += squares[j];
    }
    return all;
}

void scale(const double* row, double factor, float* out, size_t n) {
    for (size_t i = 0; i < n; ++i) out[i] = static_cast<float>(factor * row[i]);
}

}  // namespace

#define SYMREG_JOIN(a, b) a##b
#define SYMREG_TABLE(name) SYMREG_JOIN(name, _row_kernels)

const RowKernels& SYMREG_TABLE(SYMREG_KERNELS)() {
    static const RowKernels table = {project, project_first, survey, scale};
    return table;
}

}  // namespace symreg
