// One program, run over blocks of rows that stay in cache: forward for values, backward for derivatives.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

#include "kernels.h"

namespace symreg {

struct Program {
    const std::int32_t* code;  // (n_ops, 3)
    std::int64_t n_ops;
    std::int64_t n_inputs;
    std::int64_t n_free;
    std::int64_t n_fixed;
    const double* constants;  // free, then fixed

    std::int32_t opcode(std::int64_t row) const { return code[3 * row]; }
    std::int32_t a(std::int64_t row) const { return code[3 * row + 1]; }
    std::int32_t b(std::int64_t row) const { return code[3 * row + 2]; }
    bool is_binary(std::int64_t row) const { return opcode(row) >= ADD && opcode(row) <= MIN; }
    bool is_leaf(std::int64_t row) const { return opcode(row) <= CONSTANT; }

    // Nothing below reads outside of its arrays once this has passed.
    void check() const {
        if (n_ops < 1) throw std::invalid_argument("a program has no rows");
        for (std::int64_t row = 0; row < n_ops; ++row) {
            std::int64_t limit = opcode(row) == VARIABLE ? n_inputs : opcode(row) == CONSTANT ? n_free + n_fixed : row;
            bool good = opcode(row) >= 0 && opcode(row) < N_OPCODES && a(row) >= 0 && a(row) < limit;
            good = good && (!is_binary(row) || (b(row) >= 0 && b(row) < row));
            if (!good) throw std::invalid_argument("invalid program, row " + std::to_string(row));
        }
    }
};

inline std::size_t padded(std::size_t n) { return (n + LANES - 1) / LANES * LANES; }

// The inputs, cut into blocks. The last block is copied and padded with its last row, so that kernels always run
// over whole lanes.
template <class T>
class Rows {
  public:
    Rows(const T* X, std::size_t n_inputs, std::size_t n_rows) : X_(X), n_rows_(n_rows) {
        std::size_t last = n_rows % BLOCK;
        if (last % LANES == 0) return;
        tail_.resize(n_inputs * BLOCK);
        for (std::size_t input = 0; input < n_inputs; ++input) {
            const T* from = X + input * n_rows + (n_rows - last);
            T* to = tail_.data() + input * BLOCK;
            std::copy(from, from + last, to);
            std::fill(to + last, to + padded(last), from[last - 1]);
        }
    }

    std::size_t n_rows() const { return n_rows_; }
    std::size_t n_blocks() const { return (n_rows_ + BLOCK - 1) / BLOCK; }
    std::size_t rows_in(std::size_t block) const { return std::min(BLOCK, n_rows_ - block * BLOCK); }
    std::size_t lanes_in(std::size_t block) const { return padded(rows_in(block)); }
    bool is_padded(std::size_t block) const { return rows_in(block) % LANES != 0; }

    const T* input(std::size_t column, std::size_t block) const {
        if (is_padded(block)) return tail_.data() + column * BLOCK;
        return X_ + column * n_rows_ + block * BLOCK;
    }

  private:
    const T* X_;
    std::size_t n_rows_;
    std::vector<T> tail_;
};

// Memory of one thread, kept between programs, for one interpreter at a time: to ask the system for it again for each
// program takes as long as a thousand rows. Aligned, so that what one thread writes is in no cache line of another.
template <class T>
class alignas(128) Scratch {
  public:
    T* blocks(std::size_t count) {
        constexpr std::size_t line = 64 / sizeof(T);
        if (memory_.size() < count * BLOCK + line) memory_.resize(count * BLOCK + line);
        auto address = reinterpret_cast<std::uintptr_t>(memory_.data());
        return memory_.data() + (64 - address % 64) % 64 / sizeof(T);
    }

    struct Step {
        Forward<T> run;
        std::size_t a, b, row;
    };

    // What an interpreter knows of the rows of its program.
    std::vector<char> leads, varies, depends;
    std::vector<std::size_t> inputs, last_use;
    std::vector<Step> steps;
    std::vector<std::int64_t> place, adjoint_place, unused;
    std::vector<const T*> value;
    std::vector<T*> adjoint;

  private:
    std::vector<T> memory_;
};

inline const Forward<double>* forward(const Kernels& kernels, double) { return kernels.forward; }
inline const Forward<float>* forward(const Kernels& kernels, float) { return kernels.forward_single; }

// Derivatives exist in double precision only.
template <class T>
class Interpreter {
  public:
    // With `differentiate` every row keeps its values for the way back; without, blocks are used again.
    Interpreter(const Program& program, const Kernels& kernels, Scratch<T>& scratch, bool differentiate,
                std::size_t widest)
        : program_(program),
          kernels_(kernels),
          forward_(forward(kernels, T())),
          width_(std::max(LANES, std::min(BLOCK, padded(widest)))),
          leads_(scratch.leads),
          varies_(scratch.varies),
          depends_(scratch.depends),
          inputs_(scratch.inputs),
          steps_(scratch.steps),
          place_(scratch.place),
          adjoint_place_(scratch.adjoint_place),
          value_(scratch.value),
          adjoint_(scratch.adjoint) {
        mark_rows();
        std::size_t blocks = place_rows(differentiate, scratch.last_use, scratch.unused);
        std::size_t adjoints = differentiate ? place_adjoints(blocks) : 0;
        T* memory = scratch.blocks(blocks + adjoints);
        value_.resize(count());
        for (std::size_t row = 0; row < count(); ++row)
            value_[row] = place_[row] < 0 ? nullptr : memory + place_[row] * width_;
        if (differentiate) {
            adjoint_.resize(count());
            for (std::size_t row = 0; row < count(); ++row)
                adjoint_[row] = adjoint_place_[row] < 0 ? nullptr : memory + adjoint_place_[row] * width_;
            first_adjoint_ = memory + blocks * width_;
            n_adjoints_ = adjoints;
        }
    }

    // Rows that depend on constants alone are computed here, once for all blocks.
    void set_constants(const double* free) {
        std::size_t step = 0;
        for (std::size_t row = 0; row < count(); ++row) {
            if (!leads_[row] || program_.opcode(row) == VARIABLE) continue;
            if (program_.opcode(row) == CONSTANT) {
                std::int32_t k = program_.a(row);
                T c = static_cast<T>(k < program_.n_free ? free[k] : program_.constants[k]);
                std::fill(writable(row), writable(row) + width_, c);
                continue;
            }
            int kernel = program_.opcode(row);
            if (kernel == POW && !varies_[program_.b(row)]) kernel = power_kernel(value_[program_.b(row)][0]);
            if (varies_[row]) {
                steps_[step++].run = forward_[kernel];
                continue;
            }
            std::size_t a = program_.a(row), b = program_.is_binary(row) ? program_.b(row) : a;
            forward_[kernel](value_[a], value_[b], writable(row), LANES);
            std::fill(writable(row) + LANES, writable(row) + width_, value_[row][0]);
        }
    }

    // The values of the root on one block.
    const T* values(const Rows<T>& rows, std::size_t block) {
        std::size_t n = rows.lanes_in(block);
        for (std::size_t row : inputs_) value_[row] = rows.input(program_.a(row), block);
        for (const Step& step : steps_) step.run(value_[step.a], value_[step.b], writable(step.row), n);
        return value_[count() - 1];
    }

    // The same, written to `out`, which has room for the rows of the block alone.
    void write_values(const Rows<T>& rows, std::size_t block, T* out) {
        if (rows.is_padded(block) || steps_.empty()) {
            const T* root = values(rows, block);
            std::copy(root, root + rows.rows_in(block), out);
            return;
        }
        const T* own = value_[count() - 1];
        value_[count() - 1] = out;  // the last step takes it there
        values(rows, block);
        value_[count() - 1] = own;
    }

    // After values(): fills slopes(k) with the derivatives of the root by each free constant.
    void derivatives(std::size_t n) {
        const T* root = adjoints(n);
        for (std::int64_t k = 0; k < program_.n_free; ++k) kernels_.mask(root, slopes(k), n);
    }

    // The same, but where the root, which is returned, is not a number the slopes may be any.
    const T* adjoints(std::size_t n) {
        std::fill(first_adjoint_, first_adjoint_ + n_adjoints_ * width_, 0.0);
        std::size_t root = count() - 1;
        if (adjoint_[root])
            for (std::size_t i = 0; i < n; ++i) adjoint_[root][i] = 1.0;
        for (std::size_t row = count(); row-- > 0;) {
            if (!adjoint_[row] || program_.is_leaf(row)) continue;
            int op = program_.opcode(row);
            std::size_t a = program_.a(row), b = program_.is_binary(row) ? program_.b(row) : a;
            if (adjoint_[a]) kernels_.by_first[op](adjoint_[row], value_[a], value_[b], value_[row], adjoint_[a], n);
            if (program_.is_binary(row) && adjoint_[b])
                kernels_.by_second[op](adjoint_[row], value_[a], value_[b], value_[row], adjoint_[b], n);
        }
        return value_[root];
    }

    T* slopes(std::size_t k) { return first_adjoint_ + k * width_; }

  private:
    std::size_t count() const { return static_cast<std::size_t>(program_.n_ops); }
    T* writable(std::size_t row) { return const_cast<T*>(value_[row]); }

    static int power_kernel(double exponent) {
        if (exponent == 1.0) return POW_ONE;
        if (exponent == 2.0) return SQUARE;
        if (exponent == 3.0) return CUBE;
        if (exponent == 4.0) return POW_FOURTH;
        if (exponent == -1.0) return INV;
        if (exponent == -2.0) return POW_MINUS_TWO;
        if (exponent == 0.5) return POW_HALF;
        if (exponent == 1.5) return POW_THREE_HALVES;
        if (exponent == -0.5) return POW_MINUS_HALF;
        return POW;
    }

    // Which rows lead to the root, vary from row to row of the data, and depend on a free constant.
    void mark_rows() {
        leads_.assign(count(), false);
        varies_.assign(count(), false);
        depends_.assign(count(), false);
        inputs_.clear();
        steps_.clear();
        leads_[count() - 1] = true;
        for (std::size_t row = count(); row-- > 0;) {
            if (!leads_[row] || program_.is_leaf(row)) continue;
            leads_[program_.a(row)] = true;
            if (program_.is_binary(row)) leads_[program_.b(row)] = true;
        }
        for (std::size_t row = 0; row < count(); ++row) {
            if (!leads_[row]) continue;
            if (program_.opcode(row) == VARIABLE) {
                varies_[row] = true;
                inputs_.push_back(row);
            } else if (program_.opcode(row) == CONSTANT) {
                depends_[row] = program_.a(row) < program_.n_free;
            } else {
                std::size_t a = program_.a(row), b = program_.is_binary(row) ? program_.b(row) : a;
                varies_[row] = varies_[a] || varies_[b];
                depends_[row] = depends_[a] || depends_[b];
                if (varies_[row]) steps_.push_back({nullptr, a, b, row});
            }
        }
    }

    // Give every row a block of memory; returns how many blocks there are.
    std::size_t place_rows(bool keep, std::vector<std::size_t>& last_use, std::vector<std::int64_t>& unused) {
        last_use.assign(count(), 0);
        for (const Step& step : steps_) last_use[step.a] = last_use[step.b] = step.row;
        place_.assign(count(), -1);
        unused.clear();
        std::int64_t blocks = 0;
        for (std::size_t row = 0; row < count(); ++row) {  // constant rows live as long as the program
            if (leads_[row] && !varies_[row]) place_[row] = blocks++;
        }
        for (const Step& step : steps_) {
            if (keep || unused.empty()) {
                place_[step.row] = blocks++;
            } else {
                place_[step.row] = unused.back();
                unused.pop_back();
            }
            if (is_last_use(step.a, step.row, last_use)) unused.push_back(place_[step.a]);
            if (step.b != step.a && is_last_use(step.b, step.row, last_use)) unused.push_back(place_[step.b]);
        }
        return static_cast<std::size_t>(blocks);
    }

    bool is_last_use(std::size_t operand, std::size_t row, const std::vector<std::size_t>& last_use) const {
        return varies_[operand] && !program_.is_leaf(operand) && last_use[operand] == row;
    }

    // Adjoints follow the values: first one block per free constant, then one per row on the way to it.
    std::size_t place_adjoints(std::size_t first) {
        adjoint_place_.assign(count(), -1);
        std::size_t used = static_cast<std::size_t>(program_.n_free);
        for (std::size_t row = 0; row < count(); ++row) {
            if (!leads_[row] || !depends_[row]) continue;
            std::size_t place = program_.opcode(row) == CONSTANT ? program_.a(row) : used++;
            adjoint_place_[row] = static_cast<std::int64_t>(first + place);
        }
        return used;
    }

    using Step = typename Scratch<T>::Step;

    const Program& program_;
    const Kernels& kernels_;
    const Forward<T>* forward_;
    std::size_t width_;  // of the blocks of memory: rows of the widest block
    std::vector<char>&leads_, &varies_, &depends_;
    std::vector<std::size_t>& inputs_;
    std::vector<Step>& steps_;
    std::vector<std::int64_t>&place_, &adjoint_place_;
    std::vector<const T*>& value_;
    std::vector<T*>& adjoint_;
    T* first_adjoint_ = nullptr;
    std::size_t n_adjoints_ = 0;
};

}  // namespace symreg
