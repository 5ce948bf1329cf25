// LANES numbers side by side, in as many registers as the instruction set needs for them: sums in LANES columns have
// the same order on all. Included by kernels.cpp and rows.cpp only, inside of their own namespaces.

#if defined(__AVX512F__)
constexpr size_t REGISTER = 64;  // bytes
#elif defined(__AVX__)
constexpr size_t REGISTER = 32;
#else
constexpr size_t REGISTER = 16;
#endif
#if defined(__GNUC__)
using Register = double __attribute__((vector_size(REGISTER)));
#define SYMREG_VALUE(x, i) x[i]
#define SYMREG_UNROLLED _Pragma("GCC unroll 16")  // so that sums stay in registers
#else
using Register = double;
#define SYMREG_VALUE(x, i) x
#define SYMREG_UNROLLED
#endif
constexpr size_t REGISTERS = LANES * sizeof(double) / sizeof(Register);

struct Lanes {
    Register at[REGISTERS] = {};
    static Lanes load(const double* from) {
        Lanes x;
        for (size_t i = 0; i < REGISTERS; ++i) std::memcpy(&x.at[i], from + i * (LANES / REGISTERS), sizeof(Register));
        return x;
    }
    void store(double* to) const {
        for (size_t i = 0; i < REGISTERS; ++i) std::memcpy(to + i * (LANES / REGISTERS), &at[i], sizeof(Register));
    }
    static Lanes all(double value) {
        Lanes x;
        for (Register& one : x.at) one += value;
        return x;
    }
    // this += a * b
    void add(const Lanes& a, const Lanes& b) {
        for (size_t i = 0; i < REGISTERS; ++i) at[i] += a.at[i] * b.at[i];
    }
    void plus(const Lanes& a) {
        for (size_t i = 0; i < REGISTERS; ++i) at[i] += a.at[i];
    }
    // The lesser and the greater of both; where a is not a number it stays.
    void lower(const Lanes& a) {
        for (size_t i = 0; i < REGISTERS; ++i) at[i] = a.at[i] < at[i] ? a.at[i] : at[i];
    }
    void raise(const Lanes& a) {
        for (size_t i = 0; i < REGISTERS; ++i) at[i] = a.at[i] > at[i] ? a.at[i] : at[i];
    }
    double total() const {
        auto x = [this](size_t i) { return SYMREG_VALUE(at[i * REGISTERS / LANES], i % (LANES / REGISTERS)); };
        return ((x(0) + x(4)) + (x(1) + x(5))) + ((x(2) + x(6)) + (x(3) + x(7)));
    }
};
