// Levenberg-Marquardt, step by step as least_squares.py, which derives and explains it. The difference: J and r are
// never stored, each block is folded into the triangle (p + 1, p + 1) of [J | r] by Householder reflections.
#pragma once

#include <cmath>
#include <limits>
#include <vector>

#include "interpreter.h"

namespace symreg {

enum Outcome : std::int32_t { CONVERGED = 0, MAX_ITERATIONS = 1, SINGULAR = 2, NONFINITE = 3, NO_FREE_CONSTANTS = 4 };

constexpr double FIRST_DAMPING = 1e-3, LEAST_DAMPING = 1e-24, LINEAR_DAMPING = 1e-14, FADING = 0.1, LEAST_GAIN = 1e-4,
                 SMALL_FALL = 1e-14, SMALL_STEP = 1e-12, EXACT = 1e-30, ROUNDING = 1e-20, STEEP = 1e-3,
                 WORST_CONDITION = 1e12;

// Inputs, target and square roots of the weights, padded with rows of weight zero.
struct Observations {
    Observations(const Rows<double>& rows, const double* y, const double* w) : rows(rows) {
        target.assign(padded(rows.n_rows()), 0.0);
        root_weight.assign(padded(rows.n_rows()), 0.0);
        for (std::size_t i = 0; i < rows.n_rows(); ++i) {
            target[i] = y[i];
            root_weight[i] = std::sqrt(w[i]);
            target_square += w[i] * (y[i] * y[i]);
        }
    }

    const Rows<double>& rows;
    std::vector<double> target, root_weight;
    double target_square = 0.0;
};

// A dense column-major matrix, small.
struct Matrix {
    Matrix(std::size_t rows, std::size_t columns) : rows(rows), columns(columns), data(rows * columns, 0.0) {}
    double& operator()(std::size_t i, std::size_t j) { return data[j * rows + i]; }
    double operator()(std::size_t i, std::size_t j) const { return data[j * rows + i]; }
    double column_norm(std::size_t j, std::size_t length) const {
        double sum = 0.0;
        for (std::size_t i = 0; i < length; ++i) sum += (*this)(i, j) * (*this)(i, j);
        return std::sqrt(sum);
    }
    std::size_t rows, columns;
    std::vector<double> data;
};

inline double norm(const std::vector<double>& v) {
    double sum = 0.0;
    for (double x : v) sum += x * x;
    return std::sqrt(sum);
}

// Solve R d = q for the upper triangle R = A[0:p, 0:p] and q = A[0:p, column].
inline std::vector<double> solve_triangle(const Matrix& A, std::size_t p, const std::vector<double>& q) {
    std::vector<double> d(p);
    for (std::size_t i = p; i-- > 0;) {
        double sum = q[i];
        for (std::size_t j = i + 1; j < p; ++j) sum -= A(i, j) * d[j];
        d[i] = sum / A(i, i);
    }
    return d;
}

// Reduce A to its upper triangle in place; the last column is carried along.
inline void triangularise(Matrix& A, std::size_t p) {
    for (std::size_t j = 0; j < p; ++j) {
        double sigma = 0.0;
        for (std::size_t i = j + 1; i < A.rows; ++i) sigma += A(i, j) * A(i, j);
        if (sigma == 0.0) continue;
        double alpha = A(j, j), mu = std::sqrt(alpha * alpha + sigma);
        double beta = alpha <= 0.0 ? mu : -mu, head = alpha - beta, factor = 2.0 / (head * head + sigma);
        for (std::size_t k = j + 1; k < A.columns; ++k) {
            double t = head * A(j, k);
            for (std::size_t i = j + 1; i < A.rows; ++i) t += A(i, j) * A(i, k);
            t *= factor;
            A(j, k) -= t * head;
            for (std::size_t i = j + 1; i < A.rows; ++i) A(i, k) -= t * A(i, j);
        }
        A(j, j) = beta;
        for (std::size_t i = j + 1; i < A.rows; ++i) A(i, j) = 0.0;
    }
}

struct Fit {
    std::vector<double> values, covariance;
    double residual_sum = std::numeric_limits<double>::quiet_NaN();
    Outcome outcome = NONFINITE;
    std::int32_t iterations = 0;
};

// The degree of the root as a polynomial in the chosen free constants; 2 stands for any higher or none.
inline int degree(const Program& program, const std::vector<char>& chosen) {
    std::vector<int> degrees(static_cast<std::size_t>(program.n_ops));
    for (std::int64_t row = 0; row < program.n_ops; ++row) {
        int op = program.opcode(row), result = 0;
        if (op == CONSTANT) {
            result = program.a(row) < program.n_free && chosen[program.a(row)];
        } else if (op != VARIABLE) {
            int a = degrees[program.a(row)], b = program.is_binary(row) ? degrees[program.b(row)] : 0;
            if (op == ADD || op == SUB || op == NEG) result = std::max(a, b);
            else if (op == MUL) result = std::min(a + b, 2);
            else if (op == DIV) result = b == 0 ? a : 2;
            else result = a || b ? 2 : 0;
        }
        degrees[row] = result;
    }
    return degrees.back();
}

// Free constants in which the root is linear, taken together; earlier ones are preferred.
inline std::vector<std::size_t> linear_constants(const Program& program) {
    std::size_t p = static_cast<std::size_t>(program.n_free);
    std::vector<char> linear(p, 0);
    std::vector<std::size_t> found;
    for (std::size_t k = 0; k < p; ++k) {
        std::vector<char> alone(p, 0);
        alone[k] = linear[k] = 1;
        if (degree(program, alone) == 1 && degree(program, linear) == 1) found.push_back(k);
        else linear[k] = 0;
    }
    return found;
}

constexpr int LINEAR_REPEATS = 3;

struct FitScratch {
    Scratch<double> plain, tape, residuals;
};

class LeastSquares {
  public:
    LeastSquares(const Program& program, const Kernels& kernels, const Observations& seen, FitScratch& scratch)
        : program_(program),
          kernels_(kernels),
          seen_(seen),
          p_(static_cast<std::size_t>(program.n_free)),
          plain_(program, kernels, scratch.plain, false, seen.rows.n_rows()),
          tape_(program, kernels, scratch.tape, true, seen.rows.n_rows()),
          residual_(scratch.residuals.blocks(1)),
          model_(p_ + 1, p_ + 1) {}

    Fit minimise(const double* start, int max_iterations) {
        Fit fit;
        fit.values.assign(start, start + p_);
        fit.covariance.assign(p_ * p_, std::numeric_limits<double>::quiet_NaN());
        double total = sum_of_squares(start);
        if (!std::isfinite(total)) return fit;
        if (p_ == 0) {
            fit.residual_sum = total;
            fit.outcome = NO_FREE_CONSTANTS;
            return fit;
        }
        model_ = linearise(start);
        if (!is_finite(model_)) return fit;
        fit.residual_sum = total;
        std::vector<std::size_t> linear = linear_constants(program_);
        if (!linear.empty() && max_iterations > 0) solve_linear(fit, linear);
        descend(fit, max_iterations);
        if (fit.outcome == CONVERGED && met_nonfinite_ && is_steep(fit.residual_sum)) fit.outcome = NONFINITE;
        if (!write_covariance(fit) && fit.outcome == CONVERGED) fit.outcome = SINGULAR;
        return fit;
    }

  private:
    // Move the constants that enter linearly to their best values beside the others.
    void solve_linear(Fit& fit, const std::vector<std::size_t>& linear) {
        std::vector<double> D(p_);
        for (int repeat = 0; repeat < LINEAR_REPEATS; ++repeat) {
            for (std::size_t j = 0; j < p_; ++j) D[j] = nonzero(model_.column_norm(j, p_));
            double before = fit.residual_sum, promised;
            std::vector<double> trial = fit.values, step = damped_step(linear, D, LINEAR_DAMPING, promised);
            for (std::size_t i = 0; i < linear.size(); ++i) trial[linear[i]] += step[i] / D[linear[i]];
            if (!take(fit, trial, before) || fit.residual_sum > FADING * before) break;
        }
        met_nonfinite_ = false;
    }

    // Damped steps until the sum of squares no longer falls.
    void descend(Fit& fit, int max_iterations) {
        std::vector<std::size_t> all(p_);
        std::vector<double> scale(p_), D(p_), trial(p_), scaled(p_);
        for (std::size_t j = 0; j < p_; ++j) {
            all[j] = j;
            scale[j] = model_.column_norm(j, p_);
        }
        double damping = FIRST_DAMPING, growth = 2.0;
        fit.outcome = MAX_ITERATIONS;
        while (fit.iterations < max_iterations) {
            double before = fit.residual_sum, promised;
            if (before <= EXACT * seen_.target_square) {
                fit.outcome = CONVERGED;
                return;
            }
            ++fit.iterations;
            for (std::size_t j = 0; j < p_; ++j) {
                D[j] = nonzero(scale[j]);
                scaled[j] = D[j] * fit.values[j];
            }
            std::vector<double> step = damped_step(all, D, damping, promised);
            bool small = promised <= SMALL_FALL * before || norm(step) <= SMALL_STEP * norm(scaled);
            for (std::size_t j = 0; j < p_; ++j) trial[j] = fit.values[j] + step[j] / D[j];
            if (take(fit, trial, small ? before : before - LEAST_GAIN * promised)) {
                for (std::size_t j = 0; j < p_; ++j) scale[j] = std::max(FADING * scale[j], model_.column_norm(j, p_));
                double gain = promised > 0.0 ? std::min((before - fit.residual_sum) / promised, 1.0) : 0.0;
                double odd = 2.0 * gain - 1.0;
                damping = std::max(LEAST_DAMPING, damping * std::max(1.0 / 3.0, 1.0 - odd * odd * odd));
                growth = 2.0;
            } else {
                damping *= growth;
                growth *= 2.0;
            }
            if (small) {
                fit.outcome = CONVERGED;
                return;
            }
        }
    }

    // Move to the trial if its sum of squares is at most `most` and it has finite derivatives.
    bool take(Fit& fit, const std::vector<double>& trial, double most) {
        double total = sum_of_squares(trial.data());
        if (std::isfinite(total)) {
            if (total > most) return false;
            Matrix model = linearise(trial.data());
            if (is_finite(model)) {
                fit.values = trial;
                fit.residual_sum = total;
                model_ = model;
                return true;
            }
        }
        met_nonfinite_ = true;
        return false;
    }

    static double nonzero(double scale) { return scale > 0.0 ? scale : 1.0; }

    double sum_of_squares(const double* constants) {
        plain_.set_constants(constants);
        double total = 0.0;
        for (std::size_t block = 0; block < seen_.rows.n_blocks(); ++block) {
            std::size_t n = seen_.rows.lanes_in(block);
            residuals(block, plain_.values(seen_.rows, block), n);
            total += kernels_.dot(residual_, residual_, n);
            if (!std::isfinite(total)) break;
        }
        return total;
    }

    void residuals(std::size_t block, const double* f, std::size_t n) {
        kernels_.residuals(seen_.root_weight.data() + block * BLOCK, seen_.target.data() + block * BLOCK, f, residual_,
                           n);
    }

    // The triangle of [J | r] at these constants.
    Matrix linearise(const double* constants) {
        tape_.set_constants(constants);
        Matrix R(p_ + 1, p_ + 1);
        std::vector<double*> columns(p_ + 1);
        for (std::size_t j = 0; j < p_; ++j) columns[j] = tape_.slopes(j);
        columns[p_] = residual_;
        for (std::size_t block = 0; block < seen_.rows.n_blocks(); ++block) {
            std::size_t n = seen_.rows.lanes_in(block);
            residuals(block, tape_.values(seen_.rows, block), n);
            tape_.derivatives(n);
            for (std::size_t j = 0; j < p_; ++j)
                kernels_.weight(seen_.root_weight.data() + block * BLOCK, columns[j], n);
            fold(R, columns, n);
        }
        return R;
    }

    // One Householder reflection per column takes the rows of a block into the triangle above them.
    void fold(Matrix& R, const std::vector<double*>& columns, std::size_t n) {
        for (std::size_t j = 0; j < p_; ++j) {
            double sigma = kernels_.dot(columns[j], columns[j], n);
            if (sigma == 0.0) continue;
            double alpha = R(j, j), mu = std::sqrt(alpha * alpha + sigma);
            double beta = alpha <= 0.0 ? mu : -mu, head = alpha - beta, factor = 2.0 / (head * head + sigma);
            for (std::size_t k = j + 1; k <= p_; ++k) {
                double t = factor * (head * R(j, k) + kernels_.dot(columns[j], columns[k], n));
                R(j, k) -= t * head;
                kernels_.axpy(-t, columns[j], columns[k], n);
            }
            R(j, j) = beta;
        }
    }

    bool is_finite(const Matrix& R) const {
        for (std::size_t j = 0; j <= p_; ++j)
            for (std::size_t i = 0; i < p_; ++i)
                if (!std::isfinite(R(i, j))) return false;
        return true;
    }

    // The step in the scaled constants listed, and the fall that the linear model promises.
    std::vector<double> damped_step(const std::vector<std::size_t>& constants, const std::vector<double>& D,
                                    double damping, double& promised) const {
        std::size_t k = constants.size();
        Matrix stacked(p_ + k, k + 1);
        for (std::size_t j = 0; j < k; ++j) {
            for (std::size_t i = 0; i < p_; ++i) stacked(i, j) = model_(i, constants[j]) / D[constants[j]];
            stacked(p_ + j, j) = std::sqrt(damping);
        }
        for (std::size_t i = 0; i < p_; ++i) stacked(i, k) = model_(i, p_);
        const Matrix before = stacked;
        triangularise(stacked, k);
        std::vector<double> q(k);
        for (std::size_t i = 0; i < k; ++i) q[i] = stacked(i, k);
        std::vector<double> step = solve_triangle(stacked, k, q);
        promised = 0.0;
        for (std::size_t i = 0; i < p_; ++i) {
            double along = 0.0;
            for (std::size_t j = 0; j < k; ++j) along += before(i, j) * step[j];
            promised += along * along;
        }
        for (double d : step) promised += 2.0 * damping * d * d;
        return step;
    }

    // Whether the residuals still lean on a column of J, as they do not at a minimum.
    bool is_steep(double total) const {
        if (!(total > ROUNDING * seen_.target_square)) return false;
        for (std::size_t j = 0; j < p_; ++j) {
            double slope = 0.0;
            for (std::size_t i = 0; i <= j; ++i) slope += model_(i, j) * model_(i, p_);
            if (std::fabs(slope) > STEEP * model_.column_norm(j, p_) * std::sqrt(total)) return true;
        }
        return false;
    }

    // False where the data do not determine all constants.
    bool write_covariance(Fit& fit) const {
        Matrix unit(p_, p_), inverse(p_, p_);
        std::vector<double> norms(p_);
        for (std::size_t j = 0; j < p_; ++j) {
            norms[j] = model_.column_norm(j, p_);
            if (norms[j] == 0.0 || model_(j, j) == 0.0) return false;
            for (std::size_t i = 0; i <= j; ++i) unit(i, j) = model_(i, j) / norms[j];
        }
        for (std::size_t j = 0; j < p_; ++j) {
            std::vector<double> e(p_, 0.0);
            e[j] = 1.0;
            std::vector<double> column = solve_triangle(unit, p_, e);
            std::copy(column.begin(), column.end(), inverse.data.begin() + j * p_);
        }
        if (!(norm(unit.data) * norm(inverse.data) <= WORST_CONDITION)) return false;
        double freedom = static_cast<double>(seen_.rows.n_rows()) - static_cast<double>(p_);
        double variance = freedom > 0.0 ? fit.residual_sum / freedom : std::numeric_limits<double>::quiet_NaN();
        for (std::size_t i = 0; i < p_; ++i)
            for (std::size_t j = 0; j < p_; ++j) {
                double sum = 0.0;
                for (std::size_t k = 0; k < p_; ++k) sum += inverse(i, k) / norms[i] * (inverse(j, k) / norms[j]);
                fit.covariance[i * p_ + j] = variance * sum;
            }
        return true;
    }

    const Program& program_;
    const Kernels& kernels_;
    const Observations& seen_;
    std::size_t p_;
    Interpreter<double> plain_, tape_;
    double* residual_;
    Matrix model_;  // the triangle of [J | r] at the best constants
    bool met_nonfinite_ = false;
};

}  // namespace symreg
