// Our vector functions beside SLEEF's, which symreg does not need (Debian: libsleef-dev): errors, edges and time.
//
//   mkdir -p build && g++ -std=c++17 -O3 -fno-math-errno -fno-trapping-math -Wno-ignored-attributes -mavx2 -mfma \
//       tests/benchmarks/vector_math.cpp -o build/vector_math -lsleef && build/vector_math
//
// For AVX-512 with -mavx512f -mavx512dq -mavx512bw -mavx512vl -mprefer-vector-width=512 as well, for the baseline
// without -mavx2 -mfma. With -DSLEEF_HEADER='"sleefinline_avx2.h"' instead of -lsleef the compiler puts the functions
// of a newer SLEEF into the loop (one that was built with SLEEF_BUILD_INLINE_HEADERS).
//
// Ours are the kernels of the engine, on blocks of its size; where they have no vector code they call the platform.
// SLEEF's are those that it states to be within 1.0 units in the last place (u10) and within 3.5 (u35); where it has
// the first alone, both columns show it. An argument of any kind makes the program print every edge that is wrong.
//
// error  the largest, in units in the last place: usual arguments, all magnitudes, multiples of pi/2; normal results
// edges  how many special arguments, and results below the normal numbers, are wrong: NaN, infinity or sign not as they
//        should be, or more than four units away
// time   SLEEF's over ours on usual arguments, the median of turns: above 1 ours is faster
#define SYMREG_KERNELS measured
#include <immintrin.h>

#include <algorithm>
#include <cfloat>
#include <chrono>
#include <cstdio>
#include <random>
#include <vector>

#include "../../symreg/engine/core/kernels.cpp"

#if !defined(SLEEF_HEADER)
#define SLEEF_HEADER <sleef.h>
#endif
#include SLEEF_HEADER

using namespace symreg;
using std::size_t;

#if defined(__AVX512F__)
using Doubles = __m512d;
using Floats = __m512;
#define DOUBLES(name, accuracy) Sleef_##name##d8_##accuracy##avx512f
#define FLOATS(name, accuracy) Sleef_##name##f16_##accuracy##avx512f
#elif defined(__AVX2__)
using Doubles = __m256d;
using Floats = __m256;
#define DOUBLES(name, accuracy) Sleef_##name##d4_##accuracy##avx2
#define FLOATS(name, accuracy) Sleef_##name##f8_##accuracy##avx2
#else
using Doubles = __m128d;
using Floats = __m128;
#define DOUBLES(name, accuracy) Sleef_##name##d2_##accuracy##sse2
#define FLOATS(name, accuracy) Sleef_##name##f4_##accuracy##sse2
#endif

template <class Vector, class T>
Vector load(const T* from) {
    Vector v;
    std::memcpy(&v, from, sizeof v);
    return v;
}

template <class Vector, class T>
void store(Vector v, T* to) {
    std::memcpy(to, &v, sizeof v);
}

// A loop as the engine has them; unused operands are not read.
#define LOOP(T, Vector, value)                                       \
    [](const T* a, const T* b, T* out, size_t n) {                   \
        for (size_t i = 0; i < n; i += sizeof(Vector) / sizeof(T)) { \
            Vector x = load<Vector>(a + i), y = load<Vector>(b + i); \
            (void)y;                                                 \
            store(value, out + i);                                   \
        }                                                            \
    }

template <class T>
struct Theirs {
    Forward<T> u10, u35;
};

struct Case {
    const char* name;
    Opcode opcode;
    long double (*exact)(long double, long double);
    double low, high;  // usual arguments
    Theirs<double> doubles;
    Theirs<float> floats;
};

// clang-format off
#define CASE(name, OPCODE, low, high, accuracy, operands)                                                           \
    {#name, OPCODE, [](long double x, long double y) { return (void)y, name##l operands; }, low, high,              \
     {LOOP(double, Doubles, DOUBLES(name, u10) operands), LOOP(double, Doubles, DOUBLES(name, accuracy) operands)}, \
     {LOOP(float, Floats, FLOATS(name, u10) operands), LOOP(float, Floats, FLOATS(name, accuracy) operands)}}
// clang-format on

const Case CASES[] = {
    CASE(exp, EXP, -20, 20, u10, (x)), CASE(log, LOG, 1e-3, 1e3, u35, (x)), CASE(sin, SIN, -10, 10, u35, (x)),
    CASE(cos, COS, -10, 10, u35, (x)), CASE(tan, TAN, -10, 10, u35, (x)),   CASE(sinh, SINH, -5, 5, u35, (x)),
    CASE(cosh, COSH, -5, 5, u35, (x)), CASE(tanh, TANH, -5, 5, u35, (x)),   CASE(log10, LOG10, 1e-3, 1e3, u10, (x)),
    CASE(asin, ASIN, -1, 1, u35, (x)), CASE(acos, ACOS, -1, 1, u35, (x)),   CASE(atan, ATAN, -5, 5, u35, (x)),
    CASE(cbrt, CBRT, -5, 5, u35, (x)), CASE(pow, POW, 0.1, 4, u10, (x, y)),
};

// Whole blocks of operands; powers alone read the second.
template <class T>
struct Arguments {
    std::vector<T> a, b;
    void add(double x, double y) {
        a.push_back(static_cast<T>(x));
        b.push_back(static_cast<T>(y));
    }
};

template <class T>
Arguments<T> special(bool pairs) {
    using Limits = std::numeric_limits<T>;
    const double least = Limits::denorm_min(), normal = Limits::min(), most = Limits::max();
    std::vector<double> sizes = {NAN, INF, most, 1e3, 3, 2.5, 2, 1, 0.5, normal, normal / 3, 7 * least, least, 0};
    for (double edge : {std::log(least), std::log(normal), std::log(most)})
        for (double near : {-1.0, -0.1, 0.0, 0.1, 1.0}) sizes.push_back(std::fabs(edge + near));
    std::vector<double> all;
    for (double size : sizes) all.insert(all.end(), {size, -size});
    Arguments<T> found;
    for (double x : all)
        for (double y : pairs ? all : std::vector<double>{0}) found.add(x, y);
    return found;
}

template <class T>
Arguments<T> many(const Case& asked) {
    std::mt19937_64 random(1);
    std::uniform_real_distribution<double> usual(asked.low, asked.high), unit(-1, 1);
    const double decades = std::log10(std::numeric_limits<T>::max()), angles = sizeof(T) == 8 ? 6e5 : 5e3;
    Arguments<T> found;
    for (int i = 0; i < 200000; ++i) {
        double size = std::pow(10.0, decades * unit(random)), y = 3 * unit(random);
        found.add(usual(random), usual(random));
        found.add(asked.low < 0 && unit(random) < 0 ? -size : size, y);
        found.add(std::round(angles * unit(random)) * 1.57079632679489661923, y);
    }
    return found;
}

template <class T>
std::vector<T> values(Forward<T> kernel, Arguments<T> of) {
    size_t n = of.a.size(), blocks = (n + BLOCK - 1) / BLOCK;
    of.a.resize(blocks * BLOCK), of.b.resize(blocks * BLOCK);
    std::vector<T> out(blocks * BLOCK);
    for (size_t i = 0; i < out.size(); i += BLOCK) kernel(&of.a[i], &of.b[i], &out[i], BLOCK);
    out.resize(n);
    return out;
}

// In units in the last place; infinite where NaN, infinity or the sign of zero are not as they should be.
template <class T>
double error(T found, long double exact) {
    T rounded = static_cast<T>(exact);
    if (std::isnan(rounded) && std::isnan(found)) return 0;
    if (found == T(0) && rounded == T(0)) return std::signbit(found) == std::signbit(rounded) ? 0 : INF;
    if (!std::isfinite(rounded) || !std::isfinite(found)) return found == rounded ? 0 : INF;
    int exponent = std::max(exact == 0 ? -99999 : std::ilogb(exact) + 1, std::numeric_limits<T>::min_exponent);
    return static_cast<double>(std::fabs(found - exact) / std::ldexp(1.0L, exponent - std::numeric_limits<T>::digits));
}

template <class T>
double largest_error(const Case& asked, Forward<T> kernel, const Arguments<T>& of) {
    std::vector<T> found = values(kernel, of);
    double largest = 0;
    for (size_t i = 0; i < found.size(); ++i) {
        long double exact = asked.exact(of.a[i], of.b[i]);
        if (std::isnormal(static_cast<T>(exact))) largest = std::max(largest, error(found[i], exact));
    }
    return largest;
}

template <class T>
int wrong_edges(const Case& asked, Forward<T> kernel, const Arguments<T>& of, bool show) {
    std::vector<T> found = values(kernel, of);
    int wrong = 0;
    for (size_t i = 0; i < found.size(); ++i) {
        long double exact = asked.exact(of.a[i], of.b[i]);
        if (error(found[i], exact) <= 4) continue;
        ++wrong;
        if (show)
            std::printf("    %s(%g, %g) = %g, not %Lg\n", asked.name, double(of.a[i]), double(of.b[i]),
                        double(found[i]), exact);
    }
    return wrong;
}

template <class T>
struct Block {
    alignas(64) T a[BLOCK], b[BLOCK], out[BLOCK];
};

template <class T>
double seconds(Forward<T> kernel, Block<T>& block) {
    auto started = std::chrono::steady_clock::now();
    for (int call = 0; call < 400; ++call) kernel(block.a, block.b, block.out, BLOCK);
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
}

double median(std::vector<double> of) {
    std::nth_element(of.begin(), of.begin() + of.size() / 2, of.end());
    return of[of.size() / 2];
}

template <class T>
void compare(const Case& asked, Forward<T> ours, const Theirs<T>& theirs, bool show) {
    Arguments<T> sample = many<T>(asked), edges = special<T>(asked.opcode == POW);
    static Block<T> block;
    for (size_t i = 0; i < BLOCK; ++i) block.a[i] = sample.a[3 * i], block.b[i] = sample.b[3 * i];  // the usual ones
    std::vector<double> u10, u35;
    for (int turn = 0; turn < 41; ++turn) {
        double own = seconds(ours, block);
        u10.push_back(seconds(theirs.u10, block) / own);
        u35.push_back(seconds(theirs.u35, block) / own);
    }
    std::printf("%-6s %-7s", asked.name, sizeof(T) == 8 ? "double" : "float");
    for (Forward<T> kernel : {ours, theirs.u10, theirs.u35})
        std::printf(" %8.2f", largest_error(asked, kernel, sample));
    for (Forward<T> kernel : {ours, theirs.u10, theirs.u35})
        std::printf(" %5d", wrong_edges(asked, kernel, edges, false));
    std::printf(" %9.2f %8.2f\n", median(u10), median(u35));
    for (Forward<T> kernel : {ours, theirs.u10, theirs.u35})
        if (show) wrong_edges(asked, kernel, edges, true);
}

int main(int n_words, char**) {
    const Kernels& own = measured_kernels();
    std::printf("               error: ours      u10      u35  edges: of each    time: u10      u35\n");
    for (const Case& asked : CASES) {
        compare(asked, own.forward[asked.opcode], asked.doubles, n_words > 1);
        compare(asked, own.forward_single[asked.opcode], asked.floats, n_words > 1);
    }
}
