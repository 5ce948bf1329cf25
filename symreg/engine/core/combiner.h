// The inner loop of the bank: apply one operator to many pairs of entries, keep those whose values are defined and new.
// symreg/search/native/bank/admission.py says the same in NumPy, and says why.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <limits>
#include <vector>

#include "fingerprint.h"
#include "kernels.h"
#include "key_set.h"
#include "rows.h"
#include "threads.h"

namespace symreg {

// Bits of a mask, see symreg/search/native/bank/vocabulary.py; mask >> KIND_SHIFT is the kind, 0..3.
constexpr std::uint8_t ANGLE = 64, PLAIN = 128, TWIN = 32;
constexpr int KIND_SHIFT = 6;
constexpr std::size_t N_KINDS = 4;

struct Operation {
    Opcode opcode;
    bool unary, positive, negate_first, negate_second;
    bool makes_twins;        // whatever its operands are
    std::uint8_t own;        // bits that it adds to a mask
    std::uint8_t forbidden;  // bits that an operand must not have
    std::int16_t name;
    bool has_kinds;
    std::array<bool, N_KINDS * N_KINDS> taken;  // by kinds of the operands; others are left for another size
    std::array<std::uint8_t, 2 * N_KINDS * N_KINDS> kinds;  // of results: with a dimension, and without
};

// Runs of entries, one for each group: group k has ids[start[k]] ... ids[start[k] + count[k] - 1]. Every id is below
// the number of entries.
struct Side {
    const std::int64_t *ids, *start, *count;
};

// All pairs of each group; a unary operator reads the left side only. Where `triangle` is set both sides are one run,
// and each pair comes once. `ends` counts the pairs of the groups up to each.
struct Block {
    std::size_t n_groups;
    const std::int64_t *codes, *ends;
    const std::uint8_t* triangle;
    Side left, right;
};

// The arrays of the bank, one row for each entry.
struct Entries {
    std::size_t capacity, n_probes;
    double *values, *first, *largest;
    float* unit;
    std::int16_t *op, *size;
    std::int64_t *left, *right, *code;
    std::uint8_t* mask;

    void move(std::size_t from, std::size_t to) const {
        if (from == to) return;
        std::copy_n(values + from * n_probes, n_probes, values + to * n_probes);
        std::copy_n(first + from * FIRST, FIRST, first + to * FIRST);
        std::copy_n(unit + from * n_probes, n_probes, unit + to * n_probes);
        largest[to] = largest[from], op[to] = op[from], size[to] = size[from], mask[to] = mask[from];
        left[to] = left[from], right[to] = right[from], code[to] = code[from];
    }
};

// How to look at values.
struct Probing {
    const std::int64_t* first;       // (FIRST,)
    const double* first_directions;  // (2, FIRST)
    const double* directions;        // (2, n_probes)
};

struct Admitted {
    std::size_t n;          // entries afterwards
    std::size_t evaluated;  // combinations looked at
    bool cut;               // whether something was left out for want of room
};

class Combiner {
  public:
    Combiner(const Entries& entries, const Probing& probing, KeySet& first, KeySet& whole, const Kernels& kernels,
             const RowKernels& rows)
        : entries_(entries), probing_(probing), first_(first), whole_(whole), kernels_(kernels), rows_(rows) {}

    // Looks at the pairs low, ..., high - 1 of a block, where there are n entries so far. What is admitted, and in
    // which order, does not depend on the number of threads: they evaluate, and one takes in.
    Admitted admit(const Operation& operation, const Block& block, std::size_t low, std::size_t high, std::int16_t size,
                   std::size_t n, std::size_t threads) {
        n_ = n;
        operation_ = &operation, block_ = &block, size_ = size, threads_ = std::max<std::size_t>(threads, 1);
        scratch_.resize(threads_);
        for (Scratch& one : scratch_) one.left.resize(entries_.n_probes), one.right.resize(entries_.n_probes);
        looked_.resize(high - low);
        share((high - low + PIECE - 1) / PIECE, threads_, [&](std::size_t piece, std::size_t worker) {
            std::size_t begin = low + piece * PIECE;
            look(begin, std::min(begin + PIECE, high), looked_.data() + piece * PIECE, scratch_[worker]);
        });
        std::size_t evaluated = meet();
        bool room = store_fresh();
        room = store_twins() && room;
        return {n_, evaluated, !room};
    }

  private:
    static constexpr std::size_t PIECE = 1024;  // combinations that a thread takes together
    static constexpr std::size_t BATCH = 64;    // of them, evaluated by one call
    static constexpr std::size_t ROWS = 32;     // rows that a thread takes together
    static constexpr std::size_t AHEAD = 12;    // keys whose slots are fetched before they are asked for
    static constexpr std::size_t TWINS = 1024;  // rows compared at all probes together

    enum Flag : std::uint8_t { USED = 1, GOOD = 2, FINITE = 4, TWINS_POSSIBLE = 8 };

    struct Look {
        std::int64_t left, right, code;
        std::uint64_t key, other;
        std::uint8_t flags;
    };

    struct Scratch {
        double a[BATCH * FIRST], b[BATCH * FIRST], values[BATCH * FIRST], projected[BATCH * 3];
        std::vector<double> left, right;
    };

    Entries entries_;
    Probing probing_;
    KeySet &first_, &whole_;
    const Kernels& kernels_;
    const RowKernels& rows_;
    std::size_t n_ = 0;
    std::size_t checked_ = 0;  // entries below have their key at all probes recorded
    const Operation* operation_ = nullptr;
    const Block* block_ = nullptr;
    std::int16_t size_ = 0;
    std::size_t threads_ = 1;
    std::vector<Scratch> scratch_;
    std::vector<Look> looked_;
    std::vector<std::size_t> fresh_, again_;
    std::vector<std::uint8_t> kept_;
    std::vector<Fingerprint> prints_;

    // Copies an operand as the operator wants it: entries stand for both signs.
    static void operand(const double* from, std::size_t n, bool negate, bool positive, double* to) {
        if (positive) {
            negate = true;
            for (std::size_t i = 0; i < n; ++i) negate &= from[i] < 0;
        }
        if (negate)
            for (std::size_t i = 0; i < n; ++i) to[i] = -from[i];
        else std::copy_n(from, n, to);
    }

    // Keys of the pairs begin, ..., end - 1 at the first probes.
    void look(std::size_t begin, std::size_t end, Look* found, Scratch& scratch) const {
        const Operation& operation = *operation_;
        const Block& block = *block_;
        std::size_t group = static_cast<std::size_t>(
            std::upper_bound(block.ends, block.ends + block.n_groups, std::int64_t(begin)) - block.ends);
        auto width = [&](std::size_t k) { return operation.unary ? 1 : block.right.count[k]; };
        auto inside = std::int64_t(begin) - (block.ends[group] - block.left.count[group] * width(group));
        std::int64_t row = inside / width(group), column = inside % width(group);
        std::size_t batch[BATCH], n = 0;
        for (std::size_t i = 0; i < end - begin; ++i) {
            while (row == block.left.count[group] || width(group) == 0) row = column = 0, ++group;
            Look& one = found[i];
            one.left = block.left.ids[block.left.start[group] + row];
            one.right = operation.unary ? one.left : block.right.ids[block.right.start[group] + column];
            one.code = block.codes[group];
            one.flags = 0;
            if (wanted(one) && !(block.triangle[group] && row < column)) {
                double *a = scratch.a + n * FIRST, *b = scratch.b + n * FIRST;
                operand(entries_.first + one.left * FIRST, FIRST, operation.negate_first, operation.positive, a);
                if (!operation.unary)
                    operand(entries_.first + one.right * FIRST, FIRST, operation.negate_second, false, b);
                batch[n++] = i;
            }
            if (++column == width(group)) column = 0, ++row;
            if (n == BATCH || (n && i + 1 == end - begin)) {
                key(found, batch, n, scratch);
                n = 0;
            }
        }
    }

    bool wanted(const Look& one) const {
        std::uint8_t left = entries_.mask[one.left], right = entries_.mask[one.right];
        if (left & operation_->forbidden) return false;
        return !operation_->has_kinds || operation_->taken[(left >> KIND_SHIFT) * N_KINDS + (right >> KIND_SHIFT)];
    }

    void key(Look* found, const std::size_t* batch, std::size_t n, Scratch& scratch) const {
        kernels_.forward[operation_->opcode](scratch.a, scratch.b, scratch.values, n * FIRST);
        rows_.project_first(scratch.values, n, probing_.first_directions, scratch.projected);
        for (std::size_t k = 0; k < n; ++k) {
            Look& one = found[batch[k]];
            const double* p = scratch.projected + 3 * k;
            Fingerprint print = fingerprint({p[0], p[1], p[2]}, one.code);
            one.key = print.key, one.other = print.other;
            bool finite = p[1] == p[1] && p[0] <= std::numeric_limits<double>::max();
            bool twins = operation_->makes_twins || ((entries_.mask[one.left] | entries_.mask[one.right]) & TWIN);
            one.flags = static_cast<std::uint8_t>(USED | (print.good ? GOOD : 0) | (finite ? FINITE : 0) |
                                                  (twins ? TWINS_POSSIBLE : 0));
        }
    }

    // Sorts what was looked at into what the first keys tell apart from all before, and what only all probes can.
    std::size_t meet() {
        std::size_t used = 0;
        fresh_.clear(), again_.clear();
        for (std::size_t i = 0; i < looked_.size(); ++i) {
            if (i + AHEAD < looked_.size() && (looked_[i + AHEAD].flags & GOOD)) first_.expect(looked_[i + AHEAD].key);
            const Look& one = looked_[i];
            used += one.flags & USED;
            if (one.flags & GOOD) {
                Met met = first_.meet(one.key, one.other, one.flags & TWINS_POSSIBLE);
                if (met == Met::FRESH) fresh_.push_back(i);
                if (met == Met::AGAIN) again_.push_back(i);
            } else if ((one.flags & TWINS_POSSIBLE) && (one.flags & FINITE)) {
                again_.push_back(i);
            }
        }
        return used;
    }

    bool store_fresh() {
        for (std::size_t next = 0; next < fresh_.size();) {
            std::size_t part = std::min(fresh_.size() - next, entries_.capacity - n_);
            if (part == 0) return false;
            evaluate(fresh_.data() + next, part, false);
            for (std::size_t k = 0, base = n_; k < part; ++k)
                if (kept_[k]) entries_.move(base + k, n_++);
            next += part;
        }
        return true;
    }

    bool store_twins() {
        if (again_.empty()) return true;
        remember_all();
        bool room = true;
        for (std::size_t next = 0; next < again_.size();) {
            std::size_t part = std::min({again_.size() - next, entries_.capacity - n_, TWINS});
            if (part == 0) {
                room = false;
                break;
            }
            evaluate(again_.data() + next, part, true);
            for (std::size_t k = 0, base = n_; k < part; ++k) {
                if (!kept_[k] || whole_.meet(prints_[k].key, prints_[k].other, false) != Met::FRESH) continue;
                const Look& one = looked_[again_[next + k]];
                if (one.flags & GOOD) first_.doubt(one.key);
                entries_.move(base + k, n_++);
            }
            next += part;
        }
        checked_ = n_;
        return room;
    }

    // Takes in the keys at all probes of the entries that were told apart by their first keys.
    void remember_all() {
        for (; checked_ < n_; checked_ += std::min(n_ - checked_, TWINS)) {
            std::size_t part = std::min(n_ - checked_, TWINS);
            prints_.resize(part);
            shared_rows(part, [&](std::size_t k, Scratch&) { prints_[k] = whole_print(checked_ + k); });
            for (std::size_t k = 0; k < part; ++k)
                if (prints_[k].good) whole_.meet(prints_[k].key, prints_[k].other, false);
        }
    }

    Fingerprint whole_print(std::size_t entry) const {
        double p[3];
        rows_.project(entries_.values + entry * entries_.n_probes, 1, entries_.n_probes, probing_.directions, p);
        return fingerprint({p[0], p[1], p[2]}, entries_.code[entry]);
    }

    template <class Work>
    void shared_rows(std::size_t n, const Work& work) {
        share((n + ROWS - 1) / ROWS, n <= 4 * ROWS ? 1 : threads_, [&](std::size_t item, std::size_t worker) {
            for (std::size_t k = item * ROWS; k < std::min(n, (item + 1) * ROWS); ++k) work(k, scratch_[worker]);
        });
    }

    // Writes combinations as entries from n_ on; kept_ tells which of them are any.
    void evaluate(const std::size_t* which, std::size_t n, bool twins) {
        kept_.resize(n);
        if (twins) prints_.resize(n);
        shared_rows(n, [&](std::size_t k, Scratch& scratch) {
            kept_[k] = write(n_ + k, looked_[which[k]], twins, scratch);
            if (twins && kept_[k]) {
                prints_[k] = whole_print(n_ + k);
                kept_[k] = prints_[k].good;
            }
        });
    }

    bool write(std::size_t at, const Look& one, bool twin, Scratch& scratch) const {
        const Operation& operation = *operation_;
        std::size_t n = entries_.n_probes;
        const double *a = entries_.values + one.left * n, *b = entries_.values + one.right * n;
        if (operation.negate_first || operation.positive) {
            operand(a, n, operation.negate_first, operation.positive, scratch.left.data());
            a = scratch.left.data();
        }
        if (operation.negate_second) {
            operand(b, n, true, false, scratch.right.data());
            b = scratch.right.data();
        }
        double* row = entries_.values + at * n;
        kernels_.forward[operation.opcode](a, b, row, n);
        RowSurvey seen = rows_.survey(row, n);
        double largest = std::max(seen.greatest, -seen.least);
        if (!(seen.squares == seen.squares && largest < LARGEST)) return false;
        // A dimensionless expression that does not vary is a number: coefficients cover it.
        if (one.code == 0 && !(seen.greatest - seen.least > 1e-9 * largest)) return false;
        // What is left after full cancellation is rounding.
        bool sum = operation.opcode == ADD || operation.opcode == SUB;
        if (sum && !(largest > 1e-9 * entries_.largest[one.left])) return false;
        bool flip = operation.opcode == SUB && seen.sum < -1e-9 * largest;
        if (flip)
            for (std::size_t i = 0; i < n; ++i) row[i] = -row[i];
        double* first = entries_.first + at * FIRST;
        for (std::size_t i = 0; i < FIRST; ++i) first[i] = row[probing_.first[i]];
        rows_.scale(row, seen.squares > 0 ? 1 / std::sqrt(seen.squares) : 0.0, entries_.unit + at * n, n);
        entries_.largest[at] = largest;
        entries_.op[at] = operation.name;
        entries_.size[at] = size_;
        entries_.left[at] = flip ? one.right : one.left;
        entries_.right[at] = flip ? one.left : one.right;
        entries_.code[at] = one.code;
        entries_.mask[at] = mask(one, twin);
        return true;
    }

    std::uint8_t mask(const Look& one, bool twin) const {
        std::uint8_t left = entries_.mask[one.left], right = entries_.mask[one.right];
        unsigned mask = ((left | right) & ~unsigned(ANGLE | PLAIN)) | operation_->own | (twin ? TWIN : 0);
        if (operation_->has_kinds)
            mask |= operation_->kinds[(std::size_t(one.code == 0) * N_KINDS + (left >> KIND_SHIFT)) * N_KINDS +
                                      (right >> KIND_SHIFT)];
        return static_cast<std::uint8_t>(mask);
    }
};

}  // namespace symreg
