// Elementary functions without branches, so that compilers turn loops over them into vector code on every platform.
// Included by kernels.cpp only, inside of its own namespace. Polynomials: the Taylor series for exp, fdlibm for
// log, sin and cos, Cephes (S. Moshier) for sinh and tanh. Errors are about one unit in the last place.

static inline int64_t bits_of(double x) {
    int64_t i;
    std::memcpy(&i, &x, sizeof i);
    return i;
}

static inline double double_of(int64_t i) {
    double x;
    std::memcpy(&x, &i, sizeof x);
    return x;
}

// Adding this number rounds to an integer, which then stands in the low bits.
static const double SHIFTER = 6755399441055744.0;  // 1.5 * 2^52

// 2^k for an integer k in the low bits of `shifted` = SHIFTER + k, -1022 <= k <= 1023.
static inline double power_of_two(double shifted) {
    return double_of(static_cast<int64_t>(static_cast<uint64_t>(bits_of(shifted) + 1023) << 52));
}

// exp(x) / 2^halvings, for halvings 0 or 1; the scale is applied in two steps so that it neither overflows nor
// loses small results.
static inline double exp_over(double x, double halvings) {
    x = x > 710.5 ? 710.5 : x;
    x = x < -746.0 ? -746.0 : x;
    double shifted = x * 1.4426950408889634074 + SHIFTER;
    double k = shifted - SHIFTER;
    double r = (x - k * 6.93147180369123816490e-01) - k * 1.90821492927058770002e-10;
    double q = 1.0 / 6227020800.0;
    q = q * r + 1.0 / 479001600.0;
    q = q * r + 1.0 / 39916800.0;
    q = q * r + 1.0 / 3628800.0;
    q = q * r + 1.0 / 362880.0;
    q = q * r + 1.0 / 40320.0;
    q = q * r + 1.0 / 5040.0;
    q = q * r + 1.0 / 720.0;
    q = q * r + 1.0 / 120.0;
    q = q * r + 1.0 / 24.0;
    q = q * r + 1.0 / 6.0;
    q = q * r + 0.5;
    double p = 1.0 + (r + r * r * q);
    k = k - halvings;
    double first = (k * 0.5 + SHIFTER);
    double second = (k - (first - SHIFTER)) + SHIFTER;
    return p * power_of_two(first) * power_of_two(second);
}

static inline double vexp(double x) { return exp_over(x, 0.0); }

static inline double vlog(double x) {
    bool tiny = x < 2.2250738585072014e-308;
    double scaled = tiny ? x * 18014398509481984.0 : x;
    // Split at sqrt(1/2): x = 2^e m with m in [sqrt(1/2), sqrt(2)).
    uint64_t i = static_cast<uint64_t>(bits_of(scaled)) + (0x3ff0000000000000ULL - 0x3fe6a09e667f3bcdULL);
    double biased = double_of(static_cast<int64_t>((i >> 52) | 0x4330000000000000ULL)) - 4503599627370496.0;
    double e = biased - (tiny ? 1077.0 : 1023.0);
    double m = double_of(static_cast<int64_t>((i & 0x000fffffffffffffULL) + 0x3fe6a09e667f3bcdULL));
    double f = m - 1.0;
    double s = f / (2.0 + f);
    double z = s * s;
    double w = z * z;
    double t1 = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
    double t2 = z * (6.666666666666735130e-01 +
                     w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
    double half = 0.5 * f * f;
    double y = e * 6.93147180369123816490e-01 -
               ((half - (s * (half + (t1 + t2)) + e * 1.90821492927058770002e-10)) - f);
    const double inf = std::numeric_limits<double>::infinity();
    y = x == inf ? inf : y;
    y = x == 0.0 ? -inf : y;
    return x >= 0.0 ? y : std::numeric_limits<double>::quiet_NaN();
}

// Beyond this the reduction below is no longer exact and the scalar function of the platform is called.
static const double TRIGONOMETRIC_LIMIT = 1e5;

struct SinCos {
    double sin, cos;
};

// sin and cos of the remainder of x by pi/2 (Cody-Waite in three parts), with the quadrant in the low bits of shifted.
static inline SinCos reduced_sin_cos(double x, int64_t& quadrant) {
    double shifted = x * 6.36619772367581382433e-01 + SHIFTER;
    double k = shifted - SHIFTER;
    quadrant = bits_of(shifted);
    double r = ((x - k * 1.57079632673412561417e+00) - k * 6.07710050630396597660e-11) - k * 2.02226624879595063154e-21;
    double z = r * r;
    double s = -2.50507602534068634195e-08 + z * 1.58969099521155010221e-10;
    s = 2.75573137070700676789e-06 + z * s;
    s = -1.98412698298579493134e-04 + z * s;
    s = 8.33333333332248946124e-03 + z * s;
    s = -1.66666666666666324348e-01 + z * s;
    double c = 2.08757232129817482790e-09 + z * -1.13596475577881948265e-11;
    c = -2.75573143513906633035e-07 + z * c;
    c = 2.48015872894767294178e-05 + z * c;
    c = -1.38888888888741095749e-03 + z * c;
    c = 4.16666666666666019037e-02 + z * c;
    double half = 0.5 * z;
    double one = 1.0 - half;
    return {r + r * z * s, one + (((1.0 - one) - half) + z * z * c)};
}

static inline double flip_sign_if(double x, int64_t odd) {
    return double_of(bits_of(x) ^ static_cast<int64_t>(static_cast<uint64_t>(odd) << 63));
}

static inline double select(int64_t odd, double if_odd, double if_even) {
    int64_t all = -(odd & 1);
    return double_of((bits_of(if_odd) & all) | (bits_of(if_even) & ~all));
}

static inline double vsin(double x) {
    int64_t k;
    SinCos t = reduced_sin_cos(x, k);
    return flip_sign_if(select(k, t.cos, t.sin), (k >> 1) & 1);
}

static inline double vcos(double x) {
    int64_t k;
    SinCos t = reduced_sin_cos(x, k);
    return flip_sign_if(select(k, t.sin, t.cos), ((k + 1) >> 1) & 1);
}

static inline double vtan(double x) {
    int64_t k;
    SinCos t = reduced_sin_cos(x, k);
    return flip_sign_if(select(k, t.cos, t.sin) / select(k, t.sin, t.cos), k & 1);
}

static inline double vabs(double x) { return double_of(bits_of(x) & 0x7fffffffffffffffLL); }

static inline double with_sign_of(double magnitude, double sign) {
    return double_of(bits_of(magnitude) | (bits_of(sign) & static_cast<int64_t>(0x8000000000000000ULL)));
}

static inline double vsinh(double x) {
    double a = vabs(x);
    double half = exp_over(a, 1.0);
    double large = half - 0.25 / half;
    double z = a * a;
    double p = ((-7.89474443963537015605e-1 * z - 1.63725857525983828727e2) * z - 1.15614435765005216044e4) * z -
               3.51754964808151394800e5;
    double q = ((z - 2.77711081420602794433e2) * z + 3.61578279834431989373e4) * z - 2.11052978884890840399e6;
    double small = a + a * z * (p / q);
    double y = a > 1.0 ? large : small;
    return x == x ? with_sign_of(y, x) : x;
}

static inline double vcosh(double x) {
    double half = exp_over(vabs(x), 1.0);
    return half + 0.25 / half;
}

static inline double vtanh(double x) {
    double a = vabs(x);
    double clipped = a > 20.0 ? 20.0 : a;
    double large = 1.0 - 2.0 / (exp_over(2.0 * clipped, 0.0) + 1.0);
    double z = a * a;
    double p = (-9.64399179425052238628e-1 * z - 9.92877231001918586564e1) * z - 1.61468768441708447952e3;
    double q = ((z + 1.12811678491632931402e2) * z + 2.23548839060100448583e3) * z + 4.84406305325125486048e3;
    double small = a + a * z * (p / q);
    double y = a > 0.625 ? large : small;
    return x == x ? with_sign_of(y, x) : x;
}
