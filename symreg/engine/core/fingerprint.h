// From the values of an expression to its key: one for values that agree to about 1e-9 up to sign.
// symreg/search/native/bank/distinct.py says the same in NumPy.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

namespace symreg {

constexpr double LARGEST = 1e60;       // expressions with larger values, or smaller than its inverse, have no key
constexpr double GRID = 536870912.0;   // 2^29 steps of a scaled projection, and of an octave of the largest value
constexpr double MARGIN = 1.0 / 1024;  // of a step: what rounding may shift a value by

// The largest absolute value of a row and its projections on two random directions.
struct Projected {
    double largest, first, second;
};

struct Fingerprint {
    std::uint64_t key, other;  // `other` is the key across the nearest rounding boundary, or `key` if that is far
    bool good;
};

inline std::uint64_t mixed(std::int64_t first, std::int64_t second, std::int64_t size, std::int64_t code) {
    if (first < 0 || (first == 0 && second < 0)) first = -first, second = -second;
    std::uint64_t hash = static_cast<std::uint64_t>(first) * 0x9E3779B97F4A7C15u + static_cast<std::uint64_t>(second);
    hash = (hash ^ (hash >> 32)) * 0xD6E8FEB86659FD93u + static_cast<std::uint64_t>(size);
    hash = (hash ^ (hash >> 32)) * 0xBF58476D1CE4E5B9u + static_cast<std::uint64_t>(code);
    hash = (hash ^ (hash >> 30)) * 0x94D049BB133111EBu;
    hash = (hash ^ (hash >> 31)) & ~std::uint64_t(1);
    return hash != 0 ? hash : 2;
}

// The nearest integer, and in `off` how far x lies from it.
inline std::int64_t nearest(double x, double& off) {
    constexpr double shifter = 6755399441055744.0;  // 1.5 * 2^52: the sum has the integer in its low bits
    double shifted = x + shifter;
    off = x - (shifted - shifter);
    std::int64_t bits, zero;
    std::memcpy(&bits, &shifted, sizeof bits);
    std::memcpy(&zero, &shifter, sizeof zero);
    return bits - zero;
}

inline Fingerprint fingerprint(const Projected& row, std::int64_t code) {
    bool defined = row.first == row.first && row.second == row.second;
    if (!defined || !(row.largest > 1 / LARGEST && row.largest < LARGEST)) return {0, 0, false};
    double scale = GRID / row.largest, off[3];
    std::int64_t first = nearest(row.first * scale, off[0]), second = nearest(row.second * scale, off[1]), bits;
    // The leading bits of the largest value: a grid that is even within each octave, without a logarithm.
    std::memcpy(&bits, &row.largest, sizeof bits);
    constexpr std::int64_t half = std::int64_t(1) << 22;
    std::int64_t size = (bits + half) >> 23;
    off[2] = static_cast<double>(bits - size * 2 * half) / static_cast<double>(2 * half);
    std::uint64_t key = mixed(first, second, size, code);
    double far[3] = {std::fabs(off[0]), std::fabs(off[1]), std::fabs(off[2])};
    int which = far[0] >= far[1] ? (far[0] >= far[2] ? 0 : 2) : (far[1] >= far[2] ? 1 : 2);
    if (far[which] < 0.5 - MARGIN) return {key, key, true};
    std::int64_t step = off[which] > 0 ? 1 : -1;
    return {key, mixed(first + step * (which == 0), second + step * (which == 1), size + step * (which == 2), code),
            true};
}

}  // namespace symreg
