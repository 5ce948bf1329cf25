// The keys met so far, each with whether it leaves a doubt. Keys are even and not zero: the lowest bit of a slot holds
// the doubt, and a slot that was never written is zero.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace symreg {

enum class Met : std::uint8_t { OLD = 0, FRESH = 1, AGAIN = 2 };

// Open addressing with linear probing. The top bits of a key name its slot, so that a larger table is filled from front
// to back: growing reads and writes memory in order, however many keys there are.
class KeySet {
  public:
    std::size_t size() const { return size_; }

    std::size_t bytes() const { return slots_.size() * sizeof(std::uint64_t); }

    // Fetches the slot of a key that will be asked for shortly.
    void expect(std::uint64_t key) const {
#if defined(__GNUC__) || defined(__clang__)
        __builtin_prefetch(&slots_[key >> shift_]);
#else
        (void)key;
#endif
    }

    // What a key, or the one it would have on the other side of a rounding boundary, was met as; FRESH keys are taken
    // in, with their doubt.
    Met meet(std::uint64_t key, std::uint64_t other, bool doubtful) {
        std::uint64_t* slot = find(key);
        if (*slot == 0 && other != key) {
            std::uint64_t* across = find(other);
            if (*across != 0) slot = across;
        }
        if (*slot != 0) return (*slot & 1) || doubtful ? Met::AGAIN : Met::OLD;
        take(slot, key | std::uint64_t(doubtful));
        return Met::FRESH;
    }

    // Remembers that this key does not settle whether values are the same.
    void doubt(std::uint64_t key) {
        std::uint64_t* slot = find(key);
        if (*slot != 0) *slot |= 1;
        else take(slot, key | 1);
    }

  private:
    std::vector<std::uint64_t> slots_ = std::vector<std::uint64_t>(1024, 0);
    int shift_ = 64 - 10;
    std::size_t size_ = 0;

    // The slot that holds the key, or the free one where it belongs.
    std::uint64_t* find(std::uint64_t key) {
        std::size_t mask = slots_.size() - 1, at = static_cast<std::size_t>(key >> shift_);
        while (slots_[at] != 0 && (slots_[at] | 1) != (key | 1)) at = (at + 1) & mask;
        return &slots_[at];
    }

    void take(std::uint64_t* slot, std::uint64_t content) {
        *slot = content;
        if (++size_ > slots_.size() / 8 * 5) grow();
    }

    void grow() {
        std::vector<std::uint64_t> old(slots_.size() * 2, 0);
        old.swap(slots_);
        --shift_;
        for (std::uint64_t content : old)
            if (content != 0) *find(content & ~std::uint64_t(1)) = content;
    }
};

}  // namespace symreg
