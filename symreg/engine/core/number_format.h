// The two floating-point formats, down to their bits. Included by kernels.cpp only, inside of its own namespace.

// What the two floating-point formats differ in.
template <class T>
struct Format;

template <>
struct Format<double> {
    using Integer = int64_t;
    using Unsigned = uint64_t;
    static constexpr int MANTISSA = 52;
    static constexpr Unsigned SIGN = 0x8000000000000000ULL;
    // Adding this number rounds to an integer, which then stands in the low bits.
    static constexpr double SHIFTER = 6755399441055744.0;  // 1.5 * 2^52
    static constexpr double TWO_BIASES = 2046.0;
    static constexpr double LARGEST_EXPONENT = 710.5, LEAST_EXPONENT = -746.0;
    static constexpr double LN2_HIGH = 6.93147180369123816490e-01, LN2_LOW = 1.90821492927058770002e-10;
};

template <>
struct Format<float> {
    using Integer = int32_t;
    using Unsigned = uint32_t;
    static constexpr int MANTISSA = 23;
    static constexpr Unsigned SIGN = 0x80000000U;
    static constexpr float SHIFTER = 12582912.0F;  // 1.5 * 2^23
    static constexpr float TWO_BIASES = 254.0F;
    static constexpr float LARGEST_EXPONENT = 89.5F, LEAST_EXPONENT = -105.0F;
    static constexpr float LN2_HIGH = 0.693115234375F, LN2_LOW = 3.19461849453e-5F;
};

template <class T>
static inline typename Format<T>::Unsigned bits_of(T x) {
    typename Format<T>::Unsigned i;
    std::memcpy(&i, &x, sizeof i);
    return i;
}

template <class T>
static inline T from_bits(typename Format<T>::Unsigned i) {
    T x;
    std::memcpy(&x, &i, sizeof x);
    return x;
}

// c0 + c1 x + c2 x^2 + ...
template <class T>
static inline T polynomial(T, T c) {
    return c;
}

template <class T, class... More>
static inline T polynomial(T x, T c, More... more) {
    return polynomial(x, T(more)...) * x + c;
}

template <class T>
static inline T vabs(T x) {
    return from_bits<T>(bits_of(x) & ~Format<T>::SIGN);
}

template <class T>
static inline T with_sign_of(T magnitude, T sign) {
    return from_bits<T>(bits_of(magnitude) | (bits_of(sign) & Format<T>::SIGN));
}

// x with the other sign if the lowest bit of i is set
template <class T>
static inline T flip_sign_if_odd(T x, typename Format<T>::Unsigned i) {
    return from_bits<T>(bits_of(x) ^ (i << (8 * sizeof(T) - 1)));
}
