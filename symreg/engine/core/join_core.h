// Meet in the middle: which two rows of a table, with coefficients, explain a target best?
//
// For unit (weighted) vectors t, f, g with inner products r_f, r_g, rho the best a*f + b*g explains
//     (r_f**2 + r_g**2 - 2*r_f*r_g*rho) / (1 - rho**2)
// of t: the normal equations of two unknowns, solved. Terms that are in the law already (the basis of a target) are
// projected out of everything first; what they explain is added back.
#pragma once

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <mutex>
#include <vector>

#include "kernels.h"
#include "threads.h"

namespace symreg {

struct Pair {
    double score;  // in double: where the basis explains nearly all, single precision tells nothing apart
    std::int32_t target, first, second;
};

constexpr double REPEATED = 1e-12;  // of a unit vector's square

// The order in which pairs are kept: by score, equal scores by position, so that threads cannot change the answer.
inline bool better(const Pair& a, const Pair& b) {
    if (a.score != b.score) return a.score > b.score;
    if (a.target != b.target) return a.target < b.target;
    if (a.first != b.first) return a.first < b.first;
    return a.second < b.second;
}

// The best pairs seen by one worker; the worst of them stands on top of the heap.
class Best {
  public:
    explicit Best(std::size_t keep) : keep_(keep) {}
    bool full() const { return heap_.size() >= keep_; }
    double least() const { return heap_.front().score; }
    const std::vector<Pair>& pairs() const { return heap_; }
    void offer(const Pair& pair) {
        if (!full()) {
            heap_.push_back(pair);
            std::push_heap(heap_.begin(), heap_.end(), better);
        } else if (better(pair, heap_.front())) {
            std::pop_heap(heap_.begin(), heap_.end(), better);
            heap_.back() = pair;
            std::push_heap(heap_.begin(), heap_.end(), better);
        }
    }

  private:
    std::size_t keep_;
    std::vector<Pair> heap_;
};

// A table of unit rows, the rows of f and of g in it, targets with the roots of their weights and their bases.
struct JoinTask {
    const float* rows;
    std::size_t n_probes;
    const std::int64_t* first;
    std::size_t n_first;
    const std::int64_t* second;  // n_second 0: f alone
    std::size_t n_second;
    const double* targets;  // (n_targets, n_probes)
    const double* roots;    // (n_targets, n_probes)
    std::size_t n_targets;
    const double* basis;  // (n_targets, n_basis, n_probes)
    std::size_t n_basis;
    bool same;  // f and g are one list: each pair once
    std::size_t keep;
};

// One target as the rows see it: weighted, free of its basis, of unit norm.
class JoinTarget {
  public:
    JoinTarget(const JoinTask& task, std::size_t index) : task_(task), root_(task.n_probes), t_(task.n_probes) {
        const std::size_t m = task.n_probes;
        const double* root = task.roots + index * m;
        std::vector<double> t(m);
        for (std::size_t k = 0; k < m; ++k) {
            root_[k] = static_cast<float>(root[k]);
            t[k] = task.targets[index * m + k] * root[k];
        }
        for (std::size_t b = 0; b < task.n_basis; ++b) {
            const double* given = task.basis + (index * task.n_basis + b) * m;
            std::vector<double> u(m);
            for (std::size_t k = 0; k < m; ++k) u[k] = given[k] * root[k];
            scale(u);
            for (int twice = 0; twice < 2; ++twice)
                for (const std::vector<double>& other : basis_) remove(u, other);
            if (dot(u, u) < REPEATED) continue;  // what is left of a repeated vector is rounding
            scale(u);
            basis_.push_back(u);
        }
        scale(t);
        for (int twice = 0; twice < 2; ++twice)
            for (const std::vector<double>& u : basis_) remove(t, u);
        rest_ = dot(t, t);
        scale(t);
        for (std::size_t k = 0; k < m; ++k) t_[k] = static_cast<float>(t[k]);
        for (const std::vector<double>& u : basis_) singles_.emplace_back(u.begin(), u.end());
    }

    // The target and its basis as a row sees them before it is weighted; the weights of a row's squares.
    std::size_t n_vectors() const { return 1 + singles_.size(); }
    float vector(std::size_t i, std::size_t k) const { return root_[k] * (i ? singles_[i - 1][k] : t_[k]); }
    float weight(std::size_t k) const { return root_[k] * root_[k]; }

    // What of the whole target is explained where ``score`` of the rest is.
    double whole(float score) const { return 1.0 - rest_ * (1.0 - static_cast<double>(score)); }
    // The score of the rest that makes ``whole`` of the target, less what rounding may take.
    float needed(double whole) const {
        return rest_ > 0 ? static_cast<float>(1.0 - (1.0 - whole) / rest_ - 4e-6) : 2.0f;
    }

    // Writes a row, weighted, free of the basis and of unit norm, into a panel; returns its product with the target.
    float pack(const float* row, float* panel, std::size_t stride, std::vector<float>& x) const {
        const std::size_t m = task_.n_probes;
        x.resize(m);
        for (std::size_t k = 0; k < m; ++k) x[k] = row[k] * root_[k];
        float before = dot(x, x), norm = before;
        for (const std::vector<float>& u : singles_) remove(x, u);
        if (!singles_.empty()) norm = dot(x, x);
        float factor = norm > COLLINEAR * before && before > 0 ? 1 / std::sqrt(norm) : 0.0f;
        float r = 0;
        for (std::size_t k = 0; k < m; ++k) {
            float value = x[k] * factor;
            panel[k * stride] = value;
        }
        r = dot(x, t_) * factor;
        return r;
    }

    // The largest score that a row alone can have, from its products with ``n_vectors()`` vectors and its norm: these
    // are in single precision, so the score of the rest is only roughly known.
    static float at_most(const float* products, std::size_t n, float before) {
        float norm = before;
        for (std::size_t i = 1; i < n; ++i) norm -= products[i] * products[i];
        if (!(norm > COLLINEAR * before && norm > 0)) return 0.0f;
        float score = products[0] * products[0] / norm, doubt = 1e-5f * before / norm;
        return score * (1 + doubt) + doubt;
    }

  private:
    template <class T>
    static T dot(const std::vector<T>& a, const std::vector<T>& b) {
        T lanes[8] = {};
        std::size_t k = 0;
        for (; k + 8 <= a.size(); k += 8)
            for (std::size_t j = 0; j < 8; ++j) lanes[j] += a[k + j] * b[k + j];
        T sum = ((lanes[0] + lanes[4]) + (lanes[1] + lanes[5])) + ((lanes[2] + lanes[6]) + (lanes[3] + lanes[7]));
        for (; k < a.size(); ++k) sum += a[k] * b[k];
        return sum;
    }
    static void scale(std::vector<double>& a) {
        double norm = std::sqrt(dot(a, a));
        for (double& value : a) value = norm > 0 ? value / norm : 0.0;
    }
    template <class T>
    static void remove(std::vector<T>& a, const std::vector<T>& unit) {
        T product = dot(a, unit);
        for (std::size_t k = 0; k < a.size(); ++k) a[k] -= product * unit[k];
    }

    const JoinTask& task_;
    std::vector<float> root_, t_;
    std::vector<std::vector<double>> basis_;
    std::vector<std::vector<float>> singles_;
    double rest_ = 1.0;
};

struct JoinScratch {
    std::vector<float> panel_f, panel_g, r_f, r_g, row, squares, weights, products, norms;
};

constexpr std::size_t F_AT_ONCE = 32 * TILE_F;
constexpr std::size_t G_AT_ONCE = 32 * TILE_G;  // a panel that stays in the second cache
constexpr std::size_t TARGETS_AT_ONCE = 32;     // that rows alone are compared with

class Join {
  public:
    Join(const JoinTask& task, const Kernels& kernels) : task_(task), kernels_(kernels) {}

    std::vector<Pair> best(std::size_t threads) {
        std::size_t pieces = (task_.n_first + F_AT_ONCE - 1) / F_AT_ONCE;
        std::size_t group = task_.n_second ? 1 : TARGETS_AT_ONCE;
        std::size_t workers = std::max<std::size_t>(threads, 1);
        std::vector<Best> found(workers, Best(task_.keep));
        std::vector<JoinScratch> scratch(workers);
        share((task_.n_targets + group - 1) / group * pieces, threads, [&](std::size_t item, std::size_t worker) {
            std::size_t index = item / pieces * group, begin = item % pieces * F_AT_ONCE;
            std::size_t end = std::min(begin + F_AT_ONCE, task_.n_first);
            std::vector<JoinTarget> targets;
            std::size_t last = std::min(index + group, task_.n_targets);
            for (std::size_t i = index; i < last; ++i) targets.emplace_back(task_, i);
            if (task_.n_second) {
                Here here{index, begin, end, targets[0], found[worker], scratch[worker]};
                pairs(here);
            } else {
                alone(targets, index, begin, end, found[worker], scratch[worker]);
            }
        });
        Best all(task_.keep);
        for (const Best& one : found)
            for (const Pair& pair : one.pairs()) all.offer(pair);
        std::vector<Pair> sorted = all.pairs();
        std::sort(sorted.begin(), sorted.end(), better);
        return sorted;
    }

  private:
    struct Here {
        std::size_t index, begin, end;
        const JoinTarget& target;
        Best& best;
        JoinScratch& scratch;
    };

    // What a pair has to explain to be kept. A worker that has its full number raises it for all; equal scores are
    // let through, so that the order of the work cannot matter.
    float threshold(const Best& best, const JoinTarget& target) {
        if (best.full()) {
            double least = best.least(), seen = least_.load(std::memory_order_relaxed);
            while (seen < least && !least_.compare_exchange_weak(seen, least)) {
            }
        }
        return std::max(0.0f, target.needed(least_.load(std::memory_order_relaxed)));
    }

    // Rows alone: tiles give the products of some rows with all targets, bases and weights; what may be good enough is
    // looked at again, exactly.
    void alone(const std::vector<JoinTarget>& targets, std::size_t index, std::size_t begin, std::size_t end,
               Best& best, JoinScratch& scratch) {
        std::size_t m = task_.n_probes, stride = 1 + task_.n_basis;
        std::vector<float>& exact = scratch.r_f;
        exact.resize(m);
        fill(targets.size() * stride, scratch.panel_g, [&](std::size_t i, std::size_t k) {
            const JoinTarget& target = targets[i / stride];
            return i % stride < target.n_vectors() ? target.vector(i % stride, k) : 0.0f;
        });
        fill(targets.size(), scratch.weights, [&](std::size_t i, std::size_t k) { return targets[i].weight(k); });
        for (std::size_t i = begin; i < end; i += TILE_F) {
            std::size_t n = std::min(TILE_F, end - i);
            scratch.panel_f.assign(TILE_F * m, 0.0f);
            scratch.squares.assign(TILE_F * m, 0.0f);
            for (std::size_t a = 0; a < n; ++a) {
                const float* row = row_of(i + a);
                for (std::size_t k = 0; k < m; ++k) {
                    scratch.panel_f[k * TILE_F + a] = row[k];
                    scratch.squares[k * TILE_F + a] = row[k] * row[k];
                }
            }
            multiply(scratch.panel_f, scratch.panel_g, scratch.products);
            multiply(scratch.squares, scratch.weights, scratch.norms);
            std::size_t width = scratch.products.size() / TILE_F, across = scratch.norms.size() / TILE_F;
            for (std::size_t t = 0; t < targets.size(); ++t)
                for (std::size_t a = 0; a < n; ++a) {
                    const float* products = scratch.products.data() + a * width + t * stride;
                    float most = JoinTarget::at_most(products, stride, scratch.norms[a * across + t]);
                    if (!(most >= threshold(best, targets[t]))) continue;
                    float r = targets[t].pack(row_of(i + a), exact.data(), 1, scratch.row);
                    double score = targets[t].whole(r * r);
                    if (r != 0 && std::isfinite(score))
                        best.offer({score, std::int32_t(index + t), std::int32_t(i + a), -1});
                }
        }
    }

    const float* row_of(std::size_t i) const {
        return task_.rows + static_cast<std::size_t>(task_.first[i]) * task_.n_probes;
    }

    // A panel of tiles of ``n`` vectors, zeros behind the last.
    template <class At>
    void fill(std::size_t n, std::vector<float>& panel, const At& at) const {
        std::size_t m = task_.n_probes;
        panel.assign((n + TILE_G - 1) / TILE_G * TILE_G * m, 0.0f);
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t k = 0; k < m; ++k) panel[(i / TILE_G * m + k) * TILE_G + i % TILE_G] = at(i, k);
    }

    // All products of a tile of rows with a panel of vectors, ``(TILE_F, n_vectors)``.
    void multiply(const std::vector<float>& f, const std::vector<float>& panel, std::vector<float>& products) const {
        static const float nothing[TILE_G] = {};
        std::size_t m = task_.n_probes, width = panel.size() / m;
        float rho[TILE_F][TILE_G];
        products.resize(TILE_F * width);
        for (std::size_t j = 0; j < width; j += TILE_G) {
            kernels_.tile(f.data(), panel.data() + j * m, m, nothing, nothing, 1.0f, rho);
            for (std::size_t a = 0; a < TILE_F; ++a)
                std::copy(rho[a], rho[a] + TILE_G, products.begin() + std::ptrdiff_t(a * width + j));
        }
    }

    void pack(const Here& here, const std::int64_t* ids, std::size_t begin, std::size_t end, std::size_t width,
              std::vector<float>& panel, std::vector<float>& r) const {
        std::size_t m = task_.n_probes, tiles = (end - begin + width - 1) / width;
        panel.assign(tiles * width * m, 0.0f);
        r.assign(tiles * width, 0.0f);
        for (std::size_t i = begin; i < end; ++i) {
            std::size_t tile = (i - begin) / width, lane = (i - begin) % width;
            const float* row = task_.rows + static_cast<std::size_t>(ids[i]) * m;
            r[i - begin] = here.target.pack(row, panel.data() + tile * width * m + lane, width, here.scratch.row);
        }
    }

    void pairs(Here& here) {
        JoinScratch& scratch = here.scratch;
        std::size_t m = task_.n_probes;
        pack(here, task_.first, here.begin, here.end, TILE_F, scratch.panel_f, scratch.r_f);
        std::size_t last = task_.same ? here.end : task_.n_second;
        float rho[TILE_F][TILE_G];
        for (std::size_t begin = 0; begin < last; begin += G_AT_ONCE) {
            std::size_t end = std::min(begin + G_AT_ONCE, last);
            pack(here, task_.second, begin, end, TILE_G, scratch.panel_g, scratch.r_g);
            for (std::size_t i = here.begin; i < here.end; i += TILE_F) {
                float least = threshold(here.best, here.target);
                for (std::size_t j = begin; j < end; j += TILE_G) {
                    if (task_.same && j >= i + TILE_F) break;
                    const float* f = scratch.panel_f.data() + (i - here.begin) * m;
                    const float* g = scratch.panel_g.data() + (j - begin) * m;
                    const float *r_f = scratch.r_f.data() + (i - here.begin), *r_g = scratch.r_g.data() + (j - begin);
                    if (kernels_.tile(f, g, m, r_f, r_g, least, rho)) {
                        collect(here, i, j, rho, r_f, r_g, least);
                        least = threshold(here.best, here.target);
                    }
                }
            }
        }
    }

    void collect(Here& here, std::size_t i, std::size_t j, const float (*rho)[TILE_G], const float* r_f,
                 const float* r_g, float least) {
        for (std::size_t a = 0; a < TILE_F && i + a < here.end; ++a)
            for (std::size_t b = 0; b < TILE_G && j + b < task_.n_second; ++b) {
                if (task_.same && j + b >= i + a) break;
                float r = rho[a][b], rest = 1 - r * r;
                if (!(rest > COLLINEAR)) continue;
                float score = (r_f[a] * r_f[a] + r_g[b] * r_g[b] - 2 * r_f[a] * r_g[b] * r) / rest;
                if (score >= least && std::isfinite(score))
                    here.best.offer(
                        {here.target.whole(score), std::int32_t(here.index), std::int32_t(i + a), std::int32_t(j + b)});
            }
    }

    const JoinTask& task_;
    const Kernels& kernels_;
    std::atomic<double> least_{-1.0};
};

}  // namespace symreg
