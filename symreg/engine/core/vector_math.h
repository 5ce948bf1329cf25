// Elementary functions without branches, so that compilers turn loops over them into vector code on every platform.
// Included by kernels.cpp only, inside of its own namespace. Polynomials: fdlibm for log and tan in double precision,
// Cephes (S. Moshier) for sinh and tanh; those of exp, sin and cos, and of log in single precision, have the least
// largest relative error on their interval (Remez), a tenth of a unit in the last place or less. The functions are
// within two units, tan and sin and cos of large arguments without fused products within three and a half.

#include "number_format.h"

// (exp(r) - 1 - r) / r^2 for |r| <= log(2) / 2
static inline double exp_tail(double r) {
    return polynomial(r, 0.50000000000000102, 0.16666666666666675, 0.041666666666522105, 0.0083333333333222161,
                      0.0013888888947785876, 0.00019841269886564074, 2.4801487365625602e-5, 2.7557242367142011e-6,
                      2.763264082626175e-7, 2.5110038412712792e-8);
}

static inline float exp_tail(float r) {
    return polynomial(r, 0.499999934F, 0.166665201F, 0.0416683941F, 0.00836878069F, 0.00138144712F);
}

// exp(x) = (1 + rest) * first * second: a scale in two factors neither overflows nor loses small results.
template <class T>
struct Exponential {
    T r, rounded_off, curve, rest, first, second;

    explicit inline Exponential(T x) {
        x = Format<T>::LARGEST_EXPONENT < x ? Format<T>::LARGEST_EXPONENT : x;
        x = Format<T>::LEAST_EXPONENT > x ? Format<T>::LEAST_EXPONENT : x;
        // The low bits hold both biases of the exponents of the two factors.
        constexpr T shifter = Format<T>::SHIFTER + Format<T>::TWO_BIASES;
        T shifted = x * T(1.4426950408889634074) + shifter;
        T k = shifted - shifter;
        T after_high = x - k * Format<T>::LN2_HIGH;
        r = after_high - k * Format<T>::LN2_LOW;
        rounded_off = (after_high - r) - k * Format<T>::LN2_LOW;
        curve = exp_tail(r) * (r * r);
        rest = exp_tail(r) * (r * r) + r;
        auto both = bits_of(shifted), half = both >> 1;
        first = from_bits<T>(half << Format<T>::MANTISSA);
        second = from_bits<T>((both - half) << Format<T>::MANTISSA);
    }
};

template <class T>
static inline T vexp(T x) {
    Exponential<T> e(x);
    return (T(1) + e.rest) * e.first * e.second;
}

static inline double half_exp(double x) {
    Exponential<double> e(x);
    return (1.0 + e.rest) * e.first * (e.second * 0.5);
}

// log(1 + f) for sqrt(1/2) <= 1 + f < sqrt(2), plus e log(2)
static inline double log_from(double f, double e) {
    double s = f / (2.0 + f);
    double z = s * s;
    double w = z * z;
    double t1 = w * polynomial(w, 3.999999999940941908e-01, 2.222219843214978396e-01, 1.531383769920937332e-01);
    double t2 = z * polynomial(w, 6.666666666666735130e-01, 2.857142874366239149e-01, 1.818357216161805012e-01,
                               1.479819860511658591e-01);
    double half = 0.5 * f * f;
    return e * Format<double>::LN2_HIGH - ((half - (s * (half + (t1 + t2)) + e * Format<double>::LN2_LOW)) - f);
}

static inline float log_from(float f, float e) {
    float z = f * f;
    float tail = polynomial(f, 0.333333126F, -0.250000096F, 0.200021187F, -0.166679959F, 0.142195515F, -0.124055871F,
                            0.118881682F, -0.116756693F, 0.0674664846F);
    return e * Format<float>::LN2_HIGH + (f + (e * Format<float>::LN2_LOW + (f * z * tail - 0.5F * z)));
}

template <class T>
static inline T vlog(T x) {
    using Unsigned = typename Format<T>::Unsigned;
    constexpr int mantissa = Format<T>::MANTISSA;
    constexpr Unsigned fraction = (Unsigned(1) << mantissa) - 1;
    constexpr T infinity = std::numeric_limits<T>::infinity(), one = T(Unsigned(1) << mantissa);
    const Unsigned root_half = bits_of(T(0.70710678118654752440)), above = bits_of(T(1)) - root_half;
    bool tiny = x < std::numeric_limits<T>::min();
    // Split at sqrt(1/2): x = 2^e m with m in [sqrt(1/2), sqrt(2)).
    Unsigned i = bits_of(tiny ? x * (T(4) * one) : x) + above;
    T biased = from_bits<T>((i >> mantissa) | bits_of(one)) - one;
    T e = biased - (tiny ? T(mantissa + 2) : T(0)) - T(std::numeric_limits<T>::max_exponent - 1);
    T y = log_from(from_bits<T>((i & fraction) + root_half) - T(1), e);
    y = x == infinity ? infinity : y;
    y = x == T(0) ? -infinity : y;
    return x >= T(0) ? y : std::numeric_limits<T>::quiet_NaN();
}

#if defined(__FMA__)
// A number in two parts: `low` is what `high` has been rounded by.
struct InTwo {
    double high, low;
};

// The logarithm of a positive finite number to 2^-63 of itself: with s = f / (2 + f), log(1 + f) is
// 2 s + 2 s^3 (1/3 + s^2 rest(s^2)), and all but the rest is computed in two parts.
static inline InTwo log_in_two(double x) {
    constexpr int mantissa = Format<double>::MANTISSA;
    constexpr uint64_t fraction = (uint64_t(1) << mantissa) - 1;
    constexpr double one = double(uint64_t(1) << mantissa);
    const uint64_t root_half = bits_of(0.70710678118654752440), above = bits_of(1.0) - root_half;
    bool tiny = x < std::numeric_limits<double>::min();
    uint64_t i = bits_of(tiny ? x * (4.0 * one) : x) + above;
    double e = from_bits<double>((i >> mantissa) | bits_of(one)) - one - (tiny ? mantissa + 2.0 : 0.0) - 1023.0;
    double f = from_bits<double>((i & fraction) + root_half) - 1.0;
    double below = 2.0 + f, below_low = f - (below - 2.0), inverse = 1.0 / below;
    double s = f * inverse, s_low = (std::fma(-s, below, f) - s * below_low) * inverse;
    double z = s * s, z_low = std::fma(s, s, -z) + 2.0 * s * s_low;
    double rest = polynomial(z, 0.2, 0.14285714285714682, 0.11111111110827943, 0.09090909167696401, 0.07692297481259215,
                             0.06667402346923655, 0.05853118169745603, 0.05861589311938259);
    constexpr double third = 0.3333333333333333, third_low = 1.850371707708594e-17;
    double t = z * third, t_low = std::fma(z, third, -t) + z * third_low + z_low * third + z * z * rest;
    double twice = 2.0 * s, p = twice * t, p_low = std::fma(twice, t, -p) + twice * t_low + 2.0 * s_low * t;
    double sum = twice + p, sum_low = (twice - sum) + p + (2.0 * s_low + p_low);
    double whole = e * Format<double>::LN2_HIGH, most = whole + sum;
    double less = (whole - most) + sum + (sum_low + e * Format<double>::LN2_LOW), high = most + less;
    return {high, (most - high) + less};
}

// y log(x), the logarithm in two parts.
static inline InTwo times_log(double x, double y) {
    InTwo log = log_in_two(x);
    double high = y * log.high;
    return {high, vabs(high) < 1000.0 ? std::fma(y, log.high, -high) + y * log.low : 0.0};  // else out of range anyway
}

static inline double exp_of_two(InTwo x) {
    Exponential<double> e(x.high);
    double low = x.low + e.rounded_off, value = 1.0 + e.r, rounded = (1.0 - value) + e.r;
    return (value + (e.curve + (rounded + (low + low * e.rest)))) * e.first * e.second;
}

static inline double vlog10(double x) {
    InTwo log = log_in_two(x);
    constexpr double factor = 0.4342944819032518, factor_low = 1.098319650216765e-17;
    double high = log.high * factor;
    double y = high + (std::fma(log.high, factor, -high) + (log.high * factor_low + log.low * factor));
    constexpr double infinity = std::numeric_limits<double>::infinity();
    y = x == infinity ? infinity : y;
    y = x == 0.0 ? -infinity : y;
    return x >= 0.0 ? y : std::numeric_limits<double>::quiet_NaN();
}
#else
// Two parts take products that are rounded once: without them the platform's functions.
static inline double vlog10(double x) { return std::log10(x); }
#endif

// Other operands are for the platform's function: signs, zeros, infinities, and what is no number.
static inline bool is_usual_power(double x, double y) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    return (x > 0.0) & (x < infinity) & (vabs(y) < infinity);
}

// Beyond these the reductions below are no longer exact and the scalar functions of the platform are called.
template <class T>
static constexpr T TRIGONOMETRIC_LIMIT = sizeof(T) == 8 ? T(1e6) : T(8192);

// Finite too: of an infinite one the functions below make a NaN.
template <class T>
static inline bool is_large_angle(T x) {
    constexpr T limit = TRIGONOMETRIC_LIMIT<T>, infinity = std::numeric_limits<T>::infinity();
    T size = vabs(x);
    return (size > limit) & (size < infinity);
}

// x - k pi, k or k + 1/2 being an integer, with pi in parts (Cody-Waite): where the remainder is small all steps but
// the last are exact. With one rounding for product and difference the parts fill their format; without, products of k
// with them must be exact, and they are short.
#if defined(__FMA__)
template <class T>
static inline T less_multiple_of(T x, T k, T first, T second, T third) {
    return std::fma(-k, third, std::fma(-k, second, std::fma(-k, first, x)));
}

static inline double less_multiple_of_pi(double x, double k) {
    return less_multiple_of(x, k, 3.1415926535897931, 1.2246467991473532e-16, -2.9947698097183397e-33);
}

static inline float less_multiple_of_pi(float x, float k) {
    return less_multiple_of(x, k, 3.14159274F, -8.74227766e-8F, -3.43024902e-15F);
}
#else
static inline double less_multiple_of_pi(double x, double k) {
    return ((x - k * 3.1415926534682512283) - k * 1.2154201012607931953e-10) - k * 4.0445324975919014648e-21;
}

static inline float less_multiple_of_pi(float x, float k) {
    return (((x - k * 3.140625F) - k * 0.000967025756836F) - k * 6.27711415291e-7F) - k * 1.2154201013e-10F;
}
#endif

// sin(r) for |r| <= pi / 2
static inline double sin_near_zero(double r) {
    double z = r * r;
    double s = polynomial(z, -0.16666666666666666, 0.0083333333333331943, -0.00019841269841209219,
                          2.7557319211137252e-6, -2.5052106872795555e-8, 1.6058939705392428e-10, -7.642991472967658e-13,
                          2.7211747648785614e-15);
    return r + r * z * s;
}

static inline float sin_near_zero(float r) {
    float z = r * r;
    return r + r * z * polynomial(z, -0.166666595F, 0.00833306608F, -0.000198095902F, 2.60575098e-6F);
}

template <class T>
static inline T vsin(T x) {
    T shifted = x * T(0.31830988618379067154) + Format<T>::SHIFTER;
    T k = shifted - Format<T>::SHIFTER;
    return flip_sign_if_odd(sin_near_zero(less_multiple_of_pi(x, k)), bits_of(shifted));
}

// cos(x) = -(-1)^n sin(x - (n + 1/2) pi)
template <class T>
static inline T vcos(T x) {
    T shifted = (x * T(0.31830988618379067154) - T(0.5)) + Format<T>::SHIFTER;
    T k = (shifted - Format<T>::SHIFTER) + T(0.5);
    return -flip_sign_if_odd(sin_near_zero(less_multiple_of_pi(x, k)), bits_of(shifted));
}

// The quotient of sin and cos of the remainder by pi/2, or minus its inverse.
static inline double vtan(double x) {
    double shifted = x * 6.36619772367581382433e-01 + Format<double>::SHIFTER;
    double k = shifted - Format<double>::SHIFTER;
    double r = less_multiple_of_pi(x, 0.5 * k), z = r * r;
    // clang-format off
    double sin = r + r * z * polynomial(z, -1.66666666666666324348e-01, 8.33333333332248946124e-03,
                                        -1.98412698298579493134e-04, 2.75573137070700676789e-06,
                                        -2.50507602534068634195e-08, 1.58969099521155010221e-10);
    double half = 0.5 * z, one = 1.0 - half;
    double cos = one + (((1.0 - one) - half) +
                        z * z * polynomial(z, 4.16666666666666019037e-02, -1.38888888888741095749e-03,
                                           2.48015872894767294178e-05, -2.75573143513906633035e-07,
                                           2.08757232129817482790e-09, -1.13596475577881948265e-11));
    // clang-format on
    uint64_t odd = bits_of(shifted) & 1, swap = (bits_of(sin) ^ bits_of(cos)) & (0 - odd);
    return flip_sign_if_odd(from_bits<double>(bits_of(sin) ^ swap) / from_bits<double>(bits_of(cos) ^ swap), odd);
}

static inline double vsinh(double x) {
    double a = vabs(x);
    double half = half_exp(a);
    double large = half - 0.25 / half;
    double z = a * a;
    double p = polynomial(z, -3.51754964808151394800e5, -1.15614435765005216044e4, -1.63725857525983828727e2,
                          -7.89474443963537015605e-1);
    double q = polynomial(z, -2.11052978884890840399e6, 3.61578279834431989373e4, -2.77711081420602794433e2, 1.0);
    double small = a + a * z * (p / q);
    double y = a > 1.0 ? large : small;
    return x == x ? with_sign_of(y, x) : x;
}

static inline double vcosh(double x) {
    double half = half_exp(vabs(x));
    return half + 0.25 / half;
}

// tanh(a) = a + a z numerator / denominator with z = a^2, for a <= 5/8
static inline double tanh_numerator(double z) {
    return polynomial(z, -1.61468768441708447952e3, -9.92877231001918586564e1, -9.64399179425052238628e-1);
}
static inline double tanh_denominator(double z) {
    return polynomial(z, 4.84406305325125486048e3, 2.23548839060100448583e3, 1.12811678491632931402e2, 1.0);
}
static inline float tanh_numerator(float z) {
    return polynomial(z, -3.33332819422e-1F, 1.33314422036e-1F, -5.37397155531e-2F, 2.06390887954e-2F,
                      -5.70498872745e-3F);
}
static inline float tanh_denominator(float) { return 1.0F; }

// Beyond that it is 1 - 2 / (exp(2 a) + 1); one division serves both.
template <class T>
static inline T vtanh(T x) {
    T a = vabs(x), z = a * a;
    bool large = a > T(0.625);
    Exponential<T> e(a + a);
    T numerator = large ? T(-2) : a * z * tanh_numerator(z);
    T denominator = large ? (T(1) + e.rest) * (e.first * e.second) + T(1) : tanh_denominator(z);
    return with_sign_of((large ? T(1) : a) + numerator / denominator, x);
}

// (asin(s) / s - 1) / s^2 at z = s^2, for |s| <= 1/2
static inline double asin_tail(double z) {
    return polynomial(z, 0.16666666666666669, 0.07499999999998425, 0.04464285714637338, 0.030381944137085216,
                      0.022372173002005596, 0.017352391265909227, 0.013971235301124539, 0.011478952690257387,
                      0.010324318288744113, 0.00545087818772055, 0.017419357964884856, -0.014881409392818066,
                      0.02877844261259304);
}

constexpr double HALF_PI = 1.5707963267948966, HALF_PI_LOW = 6.123233995736766e-17;

// asin(a) = pi/2 - 2 asin(sqrt((1 - a) / 2)) beyond 1/2.
static inline double vasin(double x) {
    double a = vabs(x);
    bool large = a > 0.5;
    double z = large ? 0.5 * (1.0 - a) : a * a, s = large ? std::sqrt(z) : a;
    double inner = s * z * asin_tail(z);
    double y = large ? HALF_PI - (2.0 * s + (2.0 * inner - HALF_PI_LOW)) : s + inner;
    return with_sign_of(y, x);
}

static inline double vacos(double x) {
    double a = vabs(x);
    bool large = a > 0.5;
    double z = large ? 0.5 * (1.0 - a) : a * a, s = large ? std::sqrt(z) : x;
    double inner = s * z * asin_tail(z);
    double beyond = x < 0.0 ? 2.0 * HALF_PI - (2.0 * s + (2.0 * inner - 2.0 * HALF_PI_LOW)) : 2.0 * (s + inner);
    return large ? beyond : HALF_PI - (s + (inner - HALF_PI_LOW));
}

// Of |x| up to tan(pi/8), else of what is left of it below pi/4 or pi/2; one division serves all.
static inline double vatan(double x) {
    double a = vabs(x);
    bool middle = a > 0.41421356237309503, large = a > 2.414213562373095;
    double above = large ? -1.0 : middle ? a - 1.0 : a, below = large ? a : middle ? a + 1.0 : 1.0;
    double from = large ? HALF_PI : middle ? 0.5 * HALF_PI : 0.0;
    double from_low = large ? HALF_PI_LOW : middle ? 0.5 * HALF_PI_LOW : 0.0;
    double t = above / below, z = t * t;
    double tail = polynomial(z, -0.3333333333333333, 0.19999999999995516, -0.14285714284665682, 0.11111111015187018,
                             -0.0909090457530649, 0.07692183125376892, -0.06664510525508936, 0.05858140904866328,
                             -0.050854078345894844, 0.03923044778479309, -0.019175404711104935);
    return with_sign_of(from + (t + (t * z * tail + from_low)), x);
}
