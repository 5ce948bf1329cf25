// Levenberg-Marquardt, step by step as least_squares.py, which derives and explains it. The difference: J and r are
// never stored, each block is folded into the triangle (p + 1, p + 1) of [J | r] by Householder reflections.
#pragma once

#include <cmath>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "interpreter.h"
#include "small_matrix.h"

namespace symreg {

enum Outcome : std::int32_t { CONVERGED = 0, MAX_ITERATIONS = 1, SINGULAR = 2, NONFINITE = 3, NO_FREE_CONSTANTS = 4 };

constexpr double FIRST_DAMPING = 1e-3, LEAST_DAMPING = 1e-24, LINEAR_DAMPING = 1e-14, FADING = 0.1, LEAST_GAIN = 1e-4,
                 SMALL_FALL = 1e-14, SMALL_STEP = 1e-12, EXACT = 1e-30, ROUNDING = 1e-20, STEEP = 1e-3,
                 WORST_CONDITION = 1e12;

// Inputs, target and square roots of the weights, padded with rows of weight zero.
struct Observations {
    Observations(const Rows<double>& rows, const double* y, const double* w)
        : rows(rows), target(first.blocks(rows.n_blocks())), root_weight(second.blocks(rows.n_blocks())) {
        std::fill(target, target + padded(rows.n_rows()), 0.0);
        std::fill(root_weight, root_weight + padded(rows.n_rows()), 0.0);
        for (std::size_t i = 0; i < rows.n_rows(); ++i) {
            target[i] = y[i];
            root_weight[i] = std::sqrt(w[i]);
            target_square += w[i] * (y[i] * y[i]);
        }
    }

    const Rows<double>& rows;
    Scratch<double> first, second;
    double *target, *root_weight;
    double target_square = 0.0;
};

struct Fit {
    std::vector<double> values, covariance;
    double residual_sum = std::numeric_limits<double>::quiet_NaN();
    Outcome outcome = NONFINITE;
    std::int32_t iterations = 0;
};

// The degree of the root as a polynomial in the chosen free constants; 2 stands for any higher or none.
inline int degree(const Program& program, const std::vector<char>& chosen, std::vector<char>& degrees) {
    degrees.resize(static_cast<std::size_t>(program.n_ops));
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
        degrees[row] = static_cast<char>(result);
    }
    return degrees.back();
}

constexpr int LINEAR_REPEATS = 3;

// Memory of one thread, kept between fits.
struct FitScratch {
    Scratch<double> plain, tape, residuals;
    Matrix model, trial_model, stacked, before;
    std::vector<double> scale, D, trial, scaled, q, step, norms;
    std::vector<std::size_t> linear, all, begins, ends;
    std::vector<char> alone, together, degrees;
    std::vector<double*> columns;
    Fit fit;
};

// Writes to `scratch.linear` the free constants in which the root is linear, taken together; earlier ones are
// preferred.
inline void find_linear_constants(const Program& program, FitScratch& scratch) {
    std::size_t p = static_cast<std::size_t>(program.n_free);
    scratch.together.assign(p, 0);
    scratch.linear.clear();
    for (std::size_t k = 0; k < p; ++k) {
        scratch.alone.assign(p, 0);
        scratch.alone[k] = scratch.together[k] = 1;
        bool linear = degree(program, scratch.alone, scratch.degrees) == 1 &&
                      (scratch.linear.empty() || degree(program, scratch.together, scratch.degrees) == 1);
        if (linear) scratch.linear.push_back(k);
        else scratch.together[k] = 0;
    }
}

class LeastSquares {
  public:
    LeastSquares(const Program& program, const Kernels& kernels, const Observations& seen, FitScratch& scratch)
        : program_(program),
          kernels_(kernels),
          seen_(seen),
          scratch_(scratch),
          p_(static_cast<std::size_t>(program.n_free)),
          one_block_(seen.rows.n_blocks() <= 1),
          tape_(program, kernels, scratch.tape, true, seen.rows.n_rows()),
          residual_(scratch.residuals.blocks(1)),
          model_(scratch.model) {
        if (!one_block_) plain_.emplace(program, kernels, scratch.plain, false, seen.rows.n_rows());
    }

    // The fit stays in the scratch until the next one.
    const Fit& minimise(const double* start, int max_iterations) {
        Fit& fit = scratch_.fit;
        fit.values.assign(start, start + p_);
        fit.covariance.assign(p_ * p_, std::numeric_limits<double>::quiet_NaN());
        fit.residual_sum = std::numeric_limits<double>::quiet_NaN();
        fit.outcome = NONFINITE;
        fit.iterations = 0;
        double total = sum_of_squares(start);
        if (!std::isfinite(total)) return fit;
        if (p_ == 0) {
            fit.residual_sum = total;
            fit.outcome = NO_FREE_CONSTANTS;
            return fit;
        }
        linearise(start, model_);
        if (!is_finite(model_)) return fit;
        fit.residual_sum = total;
        find_linear_constants(program_, scratch_);
        if (!scratch_.linear.empty() && max_iterations > 0) solve_linear(fit);
        descend(fit, max_iterations);
        if (fit.outcome == CONVERGED && met_nonfinite_ && is_steep(fit.residual_sum)) fit.outcome = NONFINITE;
        if (!write_covariance(fit) && fit.outcome == CONVERGED) fit.outcome = SINGULAR;
        return fit;
    }

  private:
    // Move the constants that enter linearly to their best values beside the others.
    void solve_linear(Fit& fit) {
        const std::vector<std::size_t>& linear = scratch_.linear;
        std::vector<double>&D = scratch_.D, &trial = scratch_.trial;
        D.resize(p_);
        for (int repeat = 0; repeat < LINEAR_REPEATS; ++repeat) {
            for (std::size_t j = 0; j < p_; ++j) D[j] = nonzero(model_.column_norm(j, p_));
            double before = fit.residual_sum, promised = damped_step(linear, LINEAR_DAMPING);
            trial = fit.values;
            for (std::size_t i = 0; i < linear.size(); ++i) trial[linear[i]] += scratch_.step[i] / D[linear[i]];
            if (!take(fit, before) || fit.residual_sum > FADING * before) break;
        }
        met_nonfinite_ = false;
    }

    // Damped steps until the sum of squares no longer falls.
    void descend(Fit& fit, int max_iterations) {
        std::vector<std::size_t>& all = scratch_.all;
        std::vector<double>&scale = scratch_.scale, &D = scratch_.D, &trial = scratch_.trial, &scaled = scratch_.scaled;
        all.resize(p_), scale.resize(p_), D.resize(p_), trial.resize(p_), scaled.resize(p_);
        for (std::size_t j = 0; j < p_; ++j) {
            all[j] = j;
            scale[j] = model_.column_norm(j, p_);
        }
        double damping = FIRST_DAMPING, growth = 2.0;
        fit.outcome = MAX_ITERATIONS;
        while (fit.iterations < max_iterations) {
            double before = fit.residual_sum;
            if (before <= EXACT * seen_.target_square) {
                fit.outcome = CONVERGED;
                return;
            }
            ++fit.iterations;
            for (std::size_t j = 0; j < p_; ++j) {
                D[j] = nonzero(scale[j]);
                scaled[j] = D[j] * fit.values[j];
            }
            double promised = damped_step_of_all(damping);
            const std::vector<double>& step = scratch_.step;
            bool small = promised <= SMALL_FALL * before || norm(step) <= SMALL_STEP * norm(scaled);
            for (std::size_t j = 0; j < p_; ++j) trial[j] = fit.values[j] + step[j] / D[j];
            if (take(fit, small ? before : before - LEAST_GAIN * promised)) {
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
    bool take(Fit& fit, double most) {
        const std::vector<double>& trial = scratch_.trial;
        double total = sum_of_squares(trial.data());
        if (std::isfinite(total)) {
            if (total > most) return false;
            linearise(trial.data(), scratch_.trial_model);
            if (is_finite(scratch_.trial_model)) {
                fit.values = trial;
                fit.residual_sum = total;
                std::swap(model_, scratch_.trial_model);
                return true;
            }
        }
        met_nonfinite_ = true;
        return false;
    }

    static double nonzero(double scale) { return scale > 0.0 ? scale : 1.0; }

    // Where all rows are one block, the tape has their values, and the residuals stay, for linearise() to go on from.
    double sum_of_squares(const double* constants) {
        Interpreter<double>& interpreter = one_block_ ? tape_ : *plain_;
        interpreter.set_constants(constants);
        double total = 0.0;
        for (std::size_t block = 0; block < seen_.rows.n_blocks(); ++block) {
            std::size_t n = seen_.rows.lanes_in(block);
            residuals(block, interpreter.values(seen_.rows, block), n);
            total += kernels_.dot(residual_, residual_, n);
            if (!std::isfinite(total)) break;
        }
        return total;
    }

    void residuals(std::size_t block, const double* f, std::size_t n) {
        kernels_.residuals(seen_.root_weight + block * BLOCK, seen_.target + block * BLOCK, f, residual_, n);
    }

    // The triangle of [J | r] at these constants, those of the last sum_of_squares().
    void linearise(const double* constants, Matrix& R) {
        R.reset(p_ + 1, p_ + 1);
        std::vector<double*>& columns = scratch_.columns;
        columns.resize(p_ + 1);
        for (std::size_t j = 0; j < p_; ++j) columns[j] = tape_.slopes(j);
        columns[p_] = residual_;
        if (!one_block_) tape_.set_constants(constants);
        for (std::size_t block = 0; block < seen_.rows.n_blocks(); ++block) {
            std::size_t n = seen_.rows.lanes_in(block);
            if (!one_block_) residuals(block, tape_.values(seen_.rows, block), n);
            const double* f = tape_.adjoints(n);
            for (std::size_t j = 0; j < p_; ++j) kernels_.weigh(seen_.root_weight + block * BLOCK, f, columns[j], n);
            kernels_.fold(R.data.data(), columns.data(), p_, n);
        }
    }

    bool is_finite(const Matrix& R) const {
        double sum = 0.0;  // x - x is not a number where x is not finite
        for (std::size_t j = 0; j <= p_; ++j)
            for (std::size_t i = 0; i < p_; ++i) sum += R(i, j) - R(i, j);
        return sum == 0.0;
    }

    // As damped_step() of all constants; the usual numbers of them have code of their own.
    double damped_step_of_all(double damping) {
        scratch_.step.resize(p_);
        double *step = scratch_.step.data(), *D = scratch_.D.data();
        switch (p_) {
            case 1: return damped_step_of<1>(model_, D, damping, step);
            case 2: return damped_step_of<2>(model_, D, damping, step);
            case 3: return damped_step_of<3>(model_, D, damping, step);
            case 4: return damped_step_of<4>(model_, D, damping, step);
            case 5: return damped_step_of<5>(model_, D, damping, step);
            default: return damped_step(scratch_.all, damping);
        }
    }

    // Writes the step in the scaled constants listed to `scratch.step`; returns the fall that the linear model
    // promises.
    double damped_step(const std::vector<std::size_t>& constants, double damping) {
        std::size_t k = constants.size();
        const std::vector<double>& D = scratch_.D;
        Matrix& stacked = scratch_.stacked;
        stacked.reset(p_ + k, k + 1);
        scratch_.begins.resize(k), scratch_.ends.resize(k);
        for (std::size_t j = 0; j < k; ++j) {
            for (std::size_t i = 0; i <= constants[j]; ++i) stacked(i, j) = model_(i, constants[j]) / D[constants[j]];
            stacked(p_ + j, j) = std::sqrt(damping);
            scratch_.begins[j] = k == p_ ? p_ : j + 1;  // with all constants the model is a triangle already
            scratch_.ends[j] = p_ + j + 1;
        }
        for (std::size_t i = 0; i < p_; ++i) stacked(i, k) = model_(i, p_);
        scratch_.before = stacked;
        triangularise(stacked, scratch_.begins, scratch_.ends);
        std::vector<double>& step = scratch_.step;
        step.resize(k);
        solve_triangle(stacked, k, &stacked(0, k), step.data());
        double promised = 0.0;
        for (std::size_t i = 0; i < p_; ++i) {
            double along = 0.0;
            for (std::size_t j = 0; j < k; ++j) along += scratch_.before(i, j) * step[j];
            promised += along * along;
        }
        for (double d : step) promised += 2.0 * damping * d * d;
        return promised;
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
    bool write_covariance(Fit& fit) {
        Matrix &unit = scratch_.stacked, &inverse = scratch_.before;
        std::vector<double>&norms = scratch_.norms, &e = scratch_.q;
        unit.reset(p_, p_), inverse.reset(p_, p_), norms.resize(p_);
        for (std::size_t j = 0; j < p_; ++j) {
            norms[j] = model_.column_norm(j, p_);
            if (norms[j] == 0.0 || model_(j, j) == 0.0) return false;
            for (std::size_t i = 0; i <= j; ++i) unit(i, j) = model_(i, j) / norms[j];
        }
        for (std::size_t j = 0; j < p_; ++j) {
            e.assign(p_, 0.0);
            e[j] = 1.0;
            solve_triangle(unit, p_, e.data(), &inverse(0, j));
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
    FitScratch& scratch_;
    std::size_t p_;
    bool one_block_;
    Interpreter<double> tape_;
    std::optional<Interpreter<double>> plain_;  // where the tape has not all rows at a time
    double* residual_;
    Matrix& model_;  // the triangle of [J | r] at the best constants
    bool met_nonfinite_ = false;
};

}  // namespace symreg
