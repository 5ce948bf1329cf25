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
        vectors_ = t_;
        for (const std::vector<float>& u : singles_) vectors_.insert(vectors_.end(), u.begin(), u.end());
    }

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

    // The score of a row alone, to a few parts in 1e7 of what it was before projection, and how sure that is.
    void estimate(const float* row, const Kernels& kernels, std::vector<float>& products, float& score,
                  float& doubt) const {
        std::size_t n = singles_.size() + 1;
        products.resize(n + 1);
        kernels.moments(row, root_.data(), vectors_.data(), n, task_.n_probes, products.data());
        float norm = products[0];
        for (std::size_t i = 2; i <= n; ++i) norm -= products[i] * products[i];
        bool good = norm > COLLINEAR * products[0] && norm > 0;
        score = good ? products[1] * products[1] / norm : 0.0f;
        doubt = good ? 1e-5f * products[0] / norm : 0.0f;
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
    std::vector<float> vectors_;  // the target and its basis, one after the other
    double rest_ = 1.0;
};

struct JoinScratch {
    std::vector<float> panel_f, panel_g, r_f, r_g, row;
};

constexpr std::size_t F_AT_ONCE = 64 * TILE_F;
constexpr std::size_t G_AT_ONCE = 32 * TILE_G;  // a panel that stays in the second cache

class Join {
  public:
    Join(const JoinTask& task, const Kernels& kernels) : task_(task), kernels_(kernels) {}

    std::vector<Pair> best(std::size_t threads) {
        std::size_t pieces = (task_.n_first + F_AT_ONCE - 1) / F_AT_ONCE;
        std::size_t workers = std::max<std::size_t>(threads, 1);
        std::vector<Best> found(workers, Best(task_.keep));
        std::vector<JoinScratch> scratch(workers);
        share(task_.n_targets * pieces, threads, [&](std::size_t item, std::size_t worker) {
            std::size_t index = item / pieces, begin = item % pieces * F_AT_ONCE;
            std::size_t end = std::min(begin + F_AT_ONCE, task_.n_first);
            JoinTarget target(task_, index);
            Here here{index, begin, end, target, found[worker], scratch[worker]};
            if (task_.n_second) pairs(here); else singles(here);
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
    float threshold(const Here& here) {
        if (here.best.full()) {
            double least = here.best.least(), seen = least_.load(std::memory_order_relaxed);
            while (seen < least && !least_.compare_exchange_weak(seen, least)) {
            }
        }
        return std::max(0.0f, here.target.needed(least_.load(std::memory_order_relaxed)));
    }

    void singles(Here& here) {
        std::vector<float>& panel = here.scratch.panel_f;
        panel.resize(task_.n_probes);
        for (std::size_t i = here.begin; i < here.end; ++i) {
            const float* row = task_.rows + static_cast<std::size_t>(task_.first[i]) * task_.n_probes;
            float rough, doubt;
            here.target.estimate(row, kernels_, here.scratch.r_f, rough, doubt);
            if (!(rough * (1 + doubt) + doubt >= threshold(here))) continue;
            float r = here.target.pack(row, panel.data(), 1, here.scratch.row);
            double score = here.target.whole(r * r);
            if (r != 0 && std::isfinite(score))
                here.best.offer({score, std::int32_t(here.index), std::int32_t(i), -1});
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
                float least = threshold(here);
                for (std::size_t j = begin; j < end; j += TILE_G) {
                    if (task_.same && j >= i + TILE_F) break;
                    const float* f = scratch.panel_f.data() + (i - here.begin) * m;
                    const float* g = scratch.panel_g.data() + (j - begin) * m;
                    const float *r_f = scratch.r_f.data() + (i - here.begin), *r_g = scratch.r_g.data() + (j - begin);
                    if (kernels_.tile(f, g, m, r_f, r_g, least, rho)) {
                        collect(here, i, j, rho, r_f, r_g, least);
                        least = threshold(here);
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
                    here.best.offer({here.target.whole(score), std::int32_t(here.index), std::int32_t(i + a),
                                     std::int32_t(j + b)});
            }
    }

    const JoinTask& task_;
    const Kernels& kernels_;
    std::atomic<double> least_{-1.0};
};

}  // namespace symreg
