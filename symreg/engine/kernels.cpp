// One loop per opcode, forward and backward. Compiled several times with SYMREG_KERNELS naming the instruction set.
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

#include "vector_math.h"

using std::size_t;
using In = const double* SYMREG_RESTRICT;
using Out = double* SYMREG_RESTRICT;

#define SYMREG_FORWARD(name, expression)                    \
    void name(In a, In b, Out out, size_t n) {              \
        (void)b;                                            \
        for (size_t i = 0; i < n; ++i) {                    \
            double x = a[i];                                \
            out[i] = (expression);                          \
        }                                                   \
    }

#define SYMREG_FORWARD_TWO(name, expression)                \
    void name(In a, In b, Out out, size_t n) {              \
        for (size_t i = 0; i < n; ++i) {                    \
            double x = a[i], y = b[i];                      \
            out[i] = (expression);                          \
        }                                                   \
    }

const double INF = std::numeric_limits<double>::infinity();
const double NOT_A_NUMBER = std::numeric_limits<double>::quiet_NaN();

SYMREG_FORWARD_TWO(add, x + y)
SYMREG_FORWARD_TWO(sub, x - y)
SYMREG_FORWARD_TWO(mul, x* y)
SYMREG_FORWARD_TWO(div, x / y)
SYMREG_FORWARD_TWO(power, std::pow(x, y))
SYMREG_FORWARD(neg, -x)
SYMREG_FORWARD(inv, 1.0 / x)
SYMREG_FORWARD(square, x* x)
SYMREG_FORWARD(cube, x* x* x)
SYMREG_FORWARD(root, std::sqrt(x))
SYMREG_FORWARD(exponential, vexp(x))
SYMREG_FORWARD(logarithm, vlog(x))
SYMREG_FORWARD(logarithm10, std::log10(x))
SYMREG_FORWARD(arcsine, std::asin(x))
SYMREG_FORWARD(arccosine, std::acos(x))
SYMREG_FORWARD(arctangent, std::atan(x))
SYMREG_FORWARD(hyperbolic_sine, vsinh(x))
SYMREG_FORWARD(hyperbolic_cosine, vcosh(x))
SYMREG_FORWARD(hyperbolic_tangent, vtanh(x))
SYMREG_FORWARD(absolute, vabs(x))
SYMREG_FORWARD(identity, x)
SYMREG_FORWARD(fourth, (x * x) * (x * x))
// The selects repeat what pow does at -inf and -0.
SYMREG_FORWARD(power_half, x == -INF ? INF : vabs(std::sqrt(x)))
SYMREG_FORWARD(power_three_halves, x == -INF ? INF : vabs(x) * std::sqrt(x))
SYMREG_FORWARD(power_minus_half, x == -INF ? 0.0 : 1.0 / vabs(std::sqrt(x)))
SYMREG_FORWARD(power_minus_two, 1.0 / (x * x))

// Trigonometric functions: vector code, then the platform's function for the few arguments that are large.
#define SYMREG_TRIGONOMETRIC(name, fast, exact)                              \
    void name(In a, In b, Out out, size_t n) {                               \
        (void)b;                                                             \
        int64_t large = 0;                                                   \
        for (size_t i = 0; i < n; ++i) {                                     \
            out[i] = fast(a[i]);                                             \
            large += vabs(a[i]) <= TRIGONOMETRIC_LIMIT ? int64_t(0) : int64_t(1); \
        }                                                                    \
        if (large == 0) return;                                              \
        for (size_t i = 0; i < n; ++i)                                       \
            if (!(vabs(a[i]) <= TRIGONOMETRIC_LIMIT)) out[i] = exact(a[i]);  \
    }
SYMREG_TRIGONOMETRIC(sine, vsin, std::sin)
SYMREG_TRIGONOMETRIC(cosine, vcos, std::cos)
SYMREG_TRIGONOMETRIC(tangent, vtan, std::tan)

// Slopes: x and y are the operands, v the value.
#define SYMREG_BACKWARD(name, expression)                                                  \
    void name(In g, In a, In b, In value, Out out, size_t n) {                             \
        for (size_t i = 0; i < n; ++i) {                                                   \
            double x = a[i], y = b[i], v = value[i];                                       \
            (void)x, (void)y, (void)v;                                                     \
            out[i] += g[i] * (expression);                                                 \
        }                                                                                  \
    }

double slope_of_power(double x, double y, double v) {
    if (y == 0.0) return 0.0;
    return x == 0.0 ? y * std::pow(x, y - 1.0) : y * (v / x);
}

SYMREG_BACKWARD(pass, 1.0)
SYMREG_BACKWARD(by_minus, -1.0)
SYMREG_BACKWARD(mul_first, y)
SYMREG_BACKWARD(mul_second, x)
SYMREG_BACKWARD(div_first, 1.0 / y)
SYMREG_BACKWARD(div_second, -v / y)
SYMREG_BACKWARD(pow_first, slope_of_power(x, y, v))
SYMREG_BACKWARD(pow_second, x == 0.0 && y > 0.0 ? 0.0 : v * vlog(x))
SYMREG_BACKWARD(by_inv, -v* v)
SYMREG_BACKWARD(by_square, 2.0 * x)
SYMREG_BACKWARD(by_cube, 3.0 * x * x)
SYMREG_BACKWARD(by_root, 0.5 / v)
SYMREG_BACKWARD(by_exp, v)
SYMREG_BACKWARD(by_log, 1.0 / x)
SYMREG_BACKWARD(by_log10, 0.43429448190325182765 / x)
SYMREG_BACKWARD(by_tan, 1.0 + v * v)
SYMREG_BACKWARD(by_asin, 1.0 / std::sqrt((1.0 - x) * (1.0 + x)))
SYMREG_BACKWARD(by_acos, -1.0 / std::sqrt((1.0 - x) * (1.0 + x)))
SYMREG_BACKWARD(by_atan, 1.0 / (1.0 + x * x))
SYMREG_BACKWARD(by_sinh, vcosh(x))
SYMREG_BACKWARD(by_cosh, vsinh(x))
SYMREG_BACKWARD(by_tanh, (1.0 - v) * (1.0 + v))
SYMREG_BACKWARD(by_abs, x == x ? double(x > 0.0) - double(x < 0.0) : x)

void by_sin(In g, In a, In, In, Out out, size_t n) {
    double slope[BLOCK];
    cosine(a, nullptr, slope, n);
    for (size_t i = 0; i < n; ++i) out[i] += g[i] * slope[i];
}

void by_cos(In g, In a, In, In, Out out, size_t n) {
    double slope[BLOCK];
    sine(a, nullptr, slope, n);
    for (size_t i = 0; i < n; ++i) out[i] -= g[i] * slope[i];
}

void residuals(In s, In y, In f, Out r, size_t n) {
    for (size_t i = 0; i < n; ++i) r[i] = s[i] > 0.0 ? s[i] * (y[i] - f[i]) : 0.0;
}

void weight(In s, Out x, size_t n) {
    for (size_t i = 0; i < n; ++i) x[i] = s[i] > 0.0 ? s[i] * x[i] : 0.0;
}

void mask(In v, Out x, size_t n) {
    for (size_t i = 0; i < n; ++i) x[i] = v[i] == v[i] ? x[i] : NOT_A_NUMBER;
}

// Sums run in LANES columns: the same order for every instruction set and every number of threads.
double dot(const double* a, const double* b, size_t n) {
    double lanes[LANES] = {};
    for (size_t i = 0; i < n; i += LANES)
        for (size_t j = 0; j < LANES; ++j) lanes[j] += a[i + j] * b[i + j];
    return ((lanes[0] + lanes[4]) + (lanes[1] + lanes[5])) + ((lanes[2] + lanes[6]) + (lanes[3] + lanes[7]));
}

void axpy(double factor, In a, Out b, size_t n) {
    for (size_t i = 0; i < n; ++i) b[i] += factor * a[i];
}

#if defined(__GNUC__)
using Eight = float __attribute__((vector_size(32), aligned(32)));
inline Eight broadcast(float x) { return Eight{x, x, x, x, x, x, x, x}; }
#else
struct Eight {
    float at[8];
};
inline Eight broadcast(float x) { return {{x, x, x, x, x, x, x, x}}; }
inline Eight operator*(Eight a, Eight b) {
    for (int i = 0; i < 8; ++i) a.at[i] *= b.at[i];
    return a;
}
inline Eight& operator+=(Eight& a, Eight b) {
    for (int i = 0; i < 8; ++i) a.at[i] += b.at[i];
    return a;
}
#endif

// Twelve accumulators of eight lanes, two vectors of g, one of f: what sixteen registers hold.
bool tile(const float* f, const float* g, size_t n_probes, const float* r_f, const float* r_g, float threshold,
          float (*rho)[TILE_G]) {
    Eight sum[TILE_F][2] = {};
    for (size_t k = 0; k < n_probes; ++k, f += TILE_F, g += TILE_G) {
        Eight g0, g1;
        std::memcpy(&g0, g, sizeof g0);
        std::memcpy(&g1, g + 8, sizeof g1);
#if defined(__GNUC__)
#pragma GCC unroll 6
#endif
        for (size_t i = 0; i < TILE_F; ++i) {
            Eight x = broadcast(f[i]);
            sum[i][0] += x * g0;
            sum[i][1] += x * g1;
        }
    }
    std::memcpy(rho, sum, sizeof sum);
    int hits = 0;
    for (size_t i = 0; i < TILE_F; ++i) {
        float a = r_f[i], squared = a * a - threshold, doubled = 2 * a;
        for (size_t j = 0; j < TILE_G; ++j) {
            float r = rho[i][j], b = r_g[j];
            hits += squared + b * b - doubled * b * r + threshold * r * r >= 0;
        }
    }
    return hits != 0;
}

}  // namespace

#define SYMREG_JOIN(a, b) a##b
#define SYMREG_TABLE(name) SYMREG_JOIN(name, _kernels)

const Kernels& SYMREG_TABLE(SYMREG_KERNELS)() {
    static const Kernels table = {
        {nullptr, nullptr, add, sub, mul, div, power, neg, inv, square, cube, root, exponential, logarithm,
         logarithm10, sine, cosine, tangent, arcsine, arccosine, arctangent, hyperbolic_sine, hyperbolic_cosine,
         hyperbolic_tangent, absolute, identity, fourth, power_half, power_three_halves, power_minus_half,
         power_minus_two},
        {nullptr, nullptr, pass, pass, mul_first, div_first, pow_first, by_minus, by_inv, by_square, by_cube, by_root,
         by_exp, by_log, by_log10, by_sin, by_cos, by_tan, by_asin, by_acos, by_atan, by_sinh, by_cosh, by_tanh,
         by_abs},
        {nullptr, nullptr, pass, by_minus, mul_second, div_second, pow_second},
        residuals,
        weight,
        mask,
        dot,
        axpy,
        tile,
    };
    return table;
}

}  // namespace symreg
