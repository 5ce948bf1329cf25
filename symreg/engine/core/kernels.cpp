// One loop per opcode, for values in double and in single precision and for slopes. Compiled several times with
// SYMREG_KERNELS naming the instruction set.
#include "kernels.h"

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

#if defined(_MSC_VER)
#define SYMREG_RESTRICT __restrict
#else
#define SYMREG_RESTRICT __restrict__
#endif

namespace symreg {
namespace {

using std::size_t;

#include "lanes.h"
#include "vector_math.h"

template <class T>
using Reads = const T* SYMREG_RESTRICT;
template <class T>
using Writes = T* SYMREG_RESTRICT;
using In = Reads<double>;
using Out = Writes<double>;

const double INF = std::numeric_limits<double>::infinity();
const double NOT_A_NUMBER = std::numeric_limits<double>::quiet_NaN();

template <class T, T (*Function)(T)>
void each(Reads<T> a, Reads<T>, Writes<T> out, size_t n) {
    for (size_t i = 0; i < n; ++i) out[i] = Function(a[i]);
}

template <class T, T (*Function)(T, T)>
void each(Reads<T> a, Reads<T> b, Writes<T> out, size_t n) {
    for (size_t i = 0; i < n; ++i) out[i] = Function(a[i], b[i]);
}

// Vector code, then the platform's function for the few arguments that are finite and large.
template <class T, T (*Fast)(T), T (*Exact)(T)>
void each_angle(Reads<T> a, Reads<T>, Writes<T> out, size_t n) {
    typename Format<T>::Integer n_large = 0;
    for (size_t i = 0; i < n; ++i) {
        out[i] = Fast(a[i]);
        n_large += is_large_angle(a[i]) ? 1 : 0;
    }
    if (n_large == 0) return;
    for (size_t i = 0; i < n; ++i)
        if (is_large_angle(a[i])) out[i] = Exact(a[i]);
}

#if defined(__FMA__)
// The same for powers, in two loops: one alone has more constants than registers.
template <class T, T (*Exact)(T, T)>
void each_power(Reads<T> a, Reads<T> b, Writes<T> out, size_t n) {
    double high[BLOCK], low[BLOCK];
    typename Format<T>::Integer n_unusual = 0;
    for (size_t begin = 0; begin < n; begin += BLOCK) {
        size_t count = n - begin < BLOCK ? n - begin : BLOCK;
        for (size_t i = 0; i < count; ++i) {
            InTwo product = times_log(a[begin + i], b[begin + i]);
            high[i] = product.high, low[i] = product.low;
            n_unusual += is_usual_power(a[begin + i], b[begin + i]) ? 0 : 1;
        }
        for (size_t i = 0; i < count; ++i) out[begin + i] = static_cast<T>(exp_of_two({high[i], low[i]}));
    }
    if (n_unusual == 0) return;
    for (size_t i = 0; i < n; ++i)
        if (!is_usual_power(a[i], b[i])) out[i] = Exact(a[i], b[i]);
}
#endif

// In single precision: what is not worth polynomials of its own, rounded once more.
template <double (*Function)(double)>
float rounded(float x) {
    return static_cast<float>(Function(x));
}
double log10_by_log(double x) { return 0.43429448190325182765 * vlog(x); }

template <class T> T fourth(T x) { return (x * x) * (x * x); }
template <class T> T identity(T x) { return x; }
template <class T> T power_minus_two(T x) { return T(1) / (x * x); }
// The selects repeat what pow does at -inf and -0.
template <class T> T power_half(T x) { return x == T(-INF) ? T(INF) : vabs(std::sqrt(x)); }
template <class T> T power_three_halves(T x) { return x == T(-INF) ? T(INF) : vabs(x) * std::sqrt(x); }
template <class T> T power_minus_half(T x) { return x == T(-INF) ? T(0) : T(1) / vabs(std::sqrt(x)); }

template <class T>
struct Functions;  // those that differ between the formats by more than their type

template <>
struct Functions<double> {
    static double log10(double x) { return vlog10(x); }
    static double asin(double x) { return vasin(x); }
    static double acos(double x) { return vacos(x); }
    static double atan(double x) { return vatan(x); }
    static double tan(double x) { return vtan(x); }
    static double sinh(double x) { return vsinh(x); }
    static double cosh(double x) { return vcosh(x); }
};

template <>
struct Functions<float> {
    static float log10(float x) { return rounded<log10_by_log>(x); }
    static float asin(float x) { return rounded<vasin>(x); }
    static float acos(float x) { return rounded<vacos>(x); }
    static float atan(float x) { return rounded<vatan>(x); }
    static float tan(float x) { return rounded<vtan>(x); }
    static float sinh(float x) { return rounded<vsinh>(x); }
    static float cosh(float x) { return rounded<vcosh>(x); }
};

// Of pow by its base. At zero there is no quotient, and the slope is that of pow(0, y - 1): infinite below y = 1, with
// the sign of -0 where y - 1 is odd.
double slope_of_power(double x, double y, double v) {
    double half = 0.5 * y,
           infinite = (half + Format<double>::SHIFTER) - Format<double>::SHIFTER == half ? 1.0 / x : INF;
    double at_zero = y > 1.0 ? y * 0.0 : y == 1.0 ? 1.0 : y * infinite;
    double slope = x == 0.0 ? at_zero : y * (v / x);
    return y == 0.0 ? 0.0 : slope;
}

// Slopes: x and y are the operands, v the value.
#define SYMREG_SLOPE(name, slope)                              \
    void name(In g, In a, In b, In value, Out out, size_t n) { \
        for (size_t i = 0; i < n; ++i) {                       \
            double x = a[i], y = b[i], v = value[i];           \
            (void)x, (void)y, (void)v;                         \
            out[i] += g[i] * (slope);                          \
        }                                                      \
    }

// The functions of every row of operators.h: value_of_ADD, by_first_ADD, by_second_ADD, ...
#define SYMREG_BINARY(name, value, by_first, by_second)              \
    template <class T> T value_of_##name(T x, T y) { return value; } \
    SYMREG_SLOPE(by_first_##name, by_first)                          \
    SYMREG_SLOPE(by_second_##name, by_second)
#define SYMREG_UNARY(name, value, by_first)                     \
    template <class T> T value_of_##name(T x) { return value; } \
    SYMREG_SLOPE(by_first_##name, by_first)
#define SYMREG_ANGLE(name, fast, exact)                        \
    template <class T> T value_of_##name(T x) { return fast; } \
    template <class T> T exact_##name(T x) { return exact; }

SYMREG_OPERATORS(SYMREG_BINARY, SYMREG_UNARY, SYMREG_ANGLE)

void by_first_SIN(In g, In a, In, In, Out out, size_t n) {
    double slope[BLOCK];
    each_angle<double, value_of_COS, exact_COS>(a, nullptr, slope, n);
    for (size_t i = 0; i < n; ++i) out[i] += g[i] * slope[i];
}

void by_first_COS(In g, In a, In, In, Out out, size_t n) {
    double slope[BLOCK];
    each_angle<double, value_of_SIN, exact_SIN>(a, nullptr, slope, n);
    for (size_t i = 0; i < n; ++i) out[i] -= g[i] * slope[i];
}

SYMREG_SLOPE(by_first_TAN, 1.0 + v * v)

#define SYMREG_EACH(name, ...) each<T, value_of_##name<T>>,
#define SYMREG_EACH_ANGLE(name, ...) each_angle<T, value_of_##name<T>, exact_##name<T>>,
#define SYMREG_BY_FIRST(name, ...) by_first_##name,
#define SYMREG_BY_SECOND(name, ...) by_second_##name,
#define SYMREG_NONE(name, ...)

template <class T>
void set_values(Forward<T> (&values)[N_KERNELS]) {
    // clang-format off
    const Forward<T> all[N_KERNELS] = {
        nullptr, nullptr,
        SYMREG_OPERATORS(SYMREG_EACH, SYMREG_EACH, SYMREG_EACH_ANGLE)
        each<T, identity<T>>, each<T, fourth<T>>, each<T, power_half<T>>, each<T, power_three_halves<T>>,
        each<T, power_minus_half<T>>, each<T, power_minus_two<T>>,
    };
    // clang-format on
    for (size_t i = 0; i < N_KERNELS; ++i) values[i] = all[i];
#if defined(__FMA__)
    values[POW] = each_power<T, value_of_POW<T>>;
#endif
}

void residuals(In s, In y, In f, Out r, size_t n) {
    for (size_t i = 0; i < n; ++i) r[i] = s[i] > 0.0 ? s[i] * (y[i] - f[i]) : 0.0;
}

void weigh(In s, In v, Out x, size_t n) {
    for (size_t i = 0; i < n; ++i) {
        double weighted = v[i] == v[i] ? s[i] * x[i] : NOT_A_NUMBER;
        x[i] = s[i] > 0.0 ? weighted : 0.0;
    }
}

void mask(In v, Out x, size_t n) {
    for (size_t i = 0; i < n; ++i) x[i] = v[i] == v[i] ? x[i] : NOT_A_NUMBER;
}

// Sums run in LANES columns: the same order for every instruction set and every number of threads.
double dot(const double* a, const double* b, size_t n) {
    Lanes sum;
    for (size_t i = 0; i < n; i += LANES) sum.add(Lanes::load(a + i), Lanes::load(b + i));
    return sum.total();
}

// products[k] = columns[0] . columns[k], in one pass.
template <size_t COUNT>
void products_of(double* const* columns, size_t n, double* products) {
    Lanes sum[COUNT];
    for (size_t i = 0; i < n; i += LANES) {
        Lanes first = Lanes::load(columns[0] + i);
        for (size_t k = 0; k < COUNT; ++k) sum[k].add(first, Lanes::load(columns[k] + i));
    }
    SYMREG_UNROLLED
    for (size_t k = 0; k < COUNT; ++k) products[k] = sum[k].total();
}

// columns[k] -= t[k] * columns[0] for 0 < k < COUNT, and products[k - 1] = columns[1] . columns[k], in one pass.
template <size_t COUNT>
void reflect(double* const* columns, const double* t, size_t n, double* products) {
    Lanes sum[COUNT], factor[COUNT];
    for (size_t k = 1; k < COUNT; ++k) factor[k] = Lanes::all(-t[k]);
    for (size_t i = 0; i < n; i += LANES) {
        Lanes pivot = Lanes::load(columns[0] + i), second;
        for (size_t k = 1; k < COUNT; ++k) {
            Lanes column = Lanes::load(columns[k] + i);
            column.add(factor[k], pivot);
            column.store(columns[k] + i);
            if (k == 1) second = column;
            sum[k].add(second, column);
        }
    }
    SYMREG_UNROLLED
    for (size_t k = 1; k < COUNT; ++k) products[k - 1] = sum[k].total();
}

// The reflection that takes a column below the diagonal into it: `sigma` is the square of the column's norm.
struct Reflection {
    double beta, head, factor;

    Reflection(double alpha, double sigma) {
        double mu = std::sqrt(alpha * alpha + sigma);
        beta = alpha <= 0.0 ? mu : -mu, head = alpha - beta, factor = 2.0 / (head * head + sigma);
    }

    // How much of the pivot another column loses, from the product of both; `above` is its entry in the pivot's row.
    double turn(double& above, double product) const {
        double t = factor * (head * above + product);
        above -= t * head;
        return t;
    }
};

// The last COUNT of p + 1 columns; `products` are those of the first of them with all.
template <size_t COUNT>
void fold_rest(double* R, double* const* columns, size_t p, size_t n, const double* products) {
    size_t j = p + 1 - COUNT;
    double t[COUNT], next[COUNT], sigma = products[0];
    if (sigma != 0.0) {
        double& diagonal = R[j * (p + 1) + j];
        Reflection reflection(diagonal, sigma);
        for (size_t k = 1; k < COUNT; ++k) t[k] = reflection.turn(R[(j + k) * (p + 1) + j], products[k]);
        diagonal = reflection.beta;
    }
    if constexpr (COUNT > 2) {
        if (sigma != 0.0) reflect<COUNT>(columns, t, n, next);
        else products_of<COUNT - 1>(columns + 1, n, next);
        fold_rest<COUNT - 1>(R, columns + 1, p, n, next);
    }
}

template <size_t COUNT>
void fold_all(double* R, double* const* columns, size_t n) {
    double products[COUNT];
    products_of<COUNT>(columns, n, products);
    fold_rest<COUNT>(R, columns, COUNT - 1, n, products);
}

// The usual numbers of constants have code of their own, in which sums and factors stay in registers.
void fold(double* R, double* const* columns, size_t p, size_t n) {
    switch (p) {
        case 1: return fold_all<2>(R, columns, n);
        case 2: return fold_all<3>(R, columns, n);
        case 3: return fold_all<4>(R, columns, n);
        case 4: return fold_all<5>(R, columns, n);
        case 5: return fold_all<6>(R, columns, n);
        case 6: return fold_all<7>(R, columns, n);
        default: break;
    }
    for (size_t j = 0; j < p; ++j) {
        double sigma = dot(columns[j], columns[j], n), &diagonal = R[j * (p + 1) + j];
        if (sigma == 0.0) continue;
        Reflection reflection(diagonal, sigma);
        for (size_t k = j + 1; k <= p; ++k) {
            double t = reflection.turn(R[k * (p + 1) + j], dot(columns[j], columns[k], n));
            for (size_t i = 0; i < n; ++i) columns[k][i] -= t * columns[j][i];
        }
        diagonal = reflection.beta;
    }
}

#if defined(__GNUC__)
using Singles = float __attribute__((vector_size(REGISTER)));
#else
using Singles = float;
#endif
constexpr size_t WIDE = sizeof(Singles) / sizeof(float), ACROSS = TILE_G / WIDE;
// So many rows of f that their accumulators fit: twelve registers of them, besides those for g and a number of f.
constexpr size_t ROWS_AT_ONCE = ACROSS < TILE_F ? TILE_F / ACROSS : 1;

// The tile for ROWS_AT_ONCE rows of f.
inline bool some_rows(const float* f, const float* g, size_t n_probes, const float* r_f, const float* r_g,
                      float threshold, float (*rho)[TILE_G]) {
    Singles sum[ROWS_AT_ONCE][ACROSS] = {};
    for (size_t k = 0; k < n_probes; ++k, f += TILE_F, g += TILE_G) {
        Singles across[ACROSS];
        SYMREG_UNROLLED
        for (size_t j = 0; j < ACROSS; ++j) std::memcpy(&across[j], g + j * WIDE, sizeof(Singles));
        SYMREG_UNROLLED
        for (size_t i = 0; i < ROWS_AT_ONCE; ++i) {
            SYMREG_UNROLLED
            for (size_t j = 0; j < ACROSS; ++j) sum[i][j] += f[i] * across[j];
        }
    }
    int hits = 0;
    SYMREG_UNROLLED
    for (size_t j = 0; j < ACROSS; ++j) {
        Singles b, most = {};
        std::memcpy(&b, r_g + j * WIDE, sizeof b);
        most -= 1.0F;
        Singles squared = b * b - threshold, doubled = b + b;
        SYMREG_UNROLLED
        for (size_t i = 0; i < ROWS_AT_ONCE; ++i) {
            Singles r = sum[i][j], beyond = squared + r_f[i] * r_f[i] + r * (threshold * r - r_f[i] * doubled);
            most = beyond > most ? beyond : most;  // what is not a number is no hit
            std::memcpy(rho[i] + j * WIDE, &r, sizeof r);
        }
        float highest[WIDE];
        std::memcpy(highest, &most, sizeof most);
        for (size_t k = 0; k < WIDE; ++k) hits += highest[k] >= 0;
    }
    return hits != 0;
}

bool tile(const float* f, const float* g, size_t n_probes, const float* r_f, const float* r_g, float threshold,
          float (*rho)[TILE_G]) {
    bool hit = false;
    for (size_t i = 0; i < TILE_F; i += ROWS_AT_ONCE)
        hit |= some_rows(f + i, g, n_probes, r_f + i, r_g, threshold, rho + i);
    return hit;
}

}  // namespace

#define SYMREG_JOIN(a, b) a##b
#define SYMREG_TABLE(name) SYMREG_JOIN(name, _kernels)

const Kernels& SYMREG_TABLE(SYMREG_KERNELS)() {
    static const Kernels table = [] {
        Kernels made = {
            {},
            {},
            {nullptr, nullptr, SYMREG_OPERATORS(SYMREG_BY_FIRST, SYMREG_BY_FIRST, SYMREG_BY_FIRST)},
            {nullptr, nullptr, SYMREG_OPERATORS(SYMREG_BY_SECOND, SYMREG_NONE, SYMREG_NONE)},
            residuals,
            weigh,
            mask,
            dot,
            fold,
            tile,
        };
        set_values(made.forward);
        set_values(made.forward_single);
        return made;
    }();
    return table;
}

}  // namespace symreg
