// The little linear algebra of a fit. Memory is kept from one use to the next: to ask the system for it again takes as
// long as the arithmetic.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace symreg {

// A dense column-major matrix, small.
struct Matrix {
    void reset(std::size_t n_rows, std::size_t n_columns) {
        rows = n_rows, columns = n_columns;
        data.assign(rows * columns, 0.0);
    }
    double& operator()(std::size_t i, std::size_t j) { return data[j * rows + i]; }
    double operator()(std::size_t i, std::size_t j) const { return data[j * rows + i]; }
    double column_norm(std::size_t j, std::size_t length) const {
        double sum = 0.0;
        for (std::size_t i = 0; i < length; ++i) sum += (*this)(i, j) * (*this)(i, j);
        return std::sqrt(sum);
    }
    std::size_t rows = 0, columns = 0;
    std::vector<double> data;
};

inline double norm(const std::vector<double>& v) {
    double sum = 0.0;
    for (double x : v) sum += x * x;
    return std::sqrt(sum);
}

// Solve R d = q for the upper triangle R = A[0:p, 0:p] and q = A[0:p, column], d from `solution` on.
inline void solve_triangle(const Matrix& A, std::size_t p, const double* q, double* solution) {
    for (std::size_t i = p; i-- > 0;) {
        double sum = q[i];
        for (std::size_t j = i + 1; j < p; ++j) sum -= A(i, j) * solution[j];
        solution[i] = sum / A(i, i);
    }
}

// Reduce the first columns of A, one for each entry of `ends`, to their upper triangle in place; the last column is
// carried along. Below the diagonal column j is zero but for the rows begins[j], ..., ends[j] - 1, reflections counted.
inline void triangularise(Matrix& A, const std::vector<std::size_t>& begins, const std::vector<std::size_t>& ends) {
    for (std::size_t j = 0; j < ends.size(); ++j) {
        const std::size_t begin = begins[j], end = ends[j];
        double* pivot = &A(0, j);
        double sigma = 0.0;
        for (std::size_t i = begin; i < end; ++i) sigma += pivot[i] * pivot[i];
        if (sigma == 0.0) continue;
        double alpha = pivot[j], mu = std::sqrt(alpha * alpha + sigma);
        double beta = alpha <= 0.0 ? mu : -mu, head = alpha - beta, factor = 2.0 / (head * head + sigma);
        for (std::size_t k = j + 1; k < A.columns; ++k) {
            double* column = &A(0, k);
            double t = head * column[j];
            for (std::size_t i = begin; i < end; ++i) t += pivot[i] * column[i];
            t *= factor;
            column[j] -= t * head;
            for (std::size_t i = begin; i < end; ++i) column[i] -= t * pivot[i];
        }
        pivot[j] = beta;
        for (std::size_t i = begin; i < end; ++i) pivot[i] = 0.0;
    }
}

// The step d that makes |q - R d|^2 + damping |d|^2 least, written to `step`, and the fall that the linear model
// promises, |R d|^2 + 2 damping |d|^2. R is a triangle whose columns are those of `model` divided by the scales, q is
// the column behind them. It is triangularise() and solve_triangle() for a number of constants that the compiler knows.
template <std::size_t P>
double damped_step_of(const Matrix& model, const double* scales, double damping, double* step) {
    double R[P][P + 1], kept[P][P], below[P][P + 1] = {};  // `below` starts as a diagonal and fills up to a triangle
    double root = std::sqrt(damping);
    for (std::size_t j = 0; j < P; ++j) {
        for (std::size_t i = 0; i <= j; ++i) kept[i][j] = R[i][j] = model(i, j) / scales[j];
        below[j][j] = root;
        R[j][P] = model(j, P);
    }
    for (std::size_t j = 0; j < P; ++j) {
        double sigma = 0.0;
        for (std::size_t i = 0; i <= j; ++i) sigma += below[i][j] * below[i][j];
        if (sigma == 0.0) continue;
        double alpha = R[j][j], mu = std::sqrt(alpha * alpha + sigma);
        double beta = alpha <= 0.0 ? mu : -mu, head = alpha - beta, factor = 2.0 / (head * head + sigma);
        for (std::size_t k = j + 1; k <= P; ++k) {
            double t = head * R[j][k];
            for (std::size_t i = 0; i <= j; ++i) t += below[i][j] * below[i][k];
            t *= factor;
            R[j][k] -= t * head;
            for (std::size_t i = 0; i <= j; ++i) below[i][k] -= t * below[i][j];
        }
        R[j][j] = beta;
    }
    for (std::size_t i = P; i-- > 0;) {
        double sum = R[i][P];
        for (std::size_t j = i + 1; j < P; ++j) sum -= R[i][j] * step[j];
        step[i] = sum / R[i][i];
    }
    double promised = 0.0;
    for (std::size_t i = 0; i < P; ++i) {
        double along = 0.0;
        for (std::size_t j = i; j < P; ++j) along += kept[i][j] * step[j];
        promised += along * along;
    }
    for (std::size_t j = 0; j < P; ++j) promised += 2.0 * damping * step[j] * step[j];
    return promised;
}

}  // namespace symreg
