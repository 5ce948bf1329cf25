// Work shared among threads. Which thread takes an item never changes what the item computes.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace symreg {

// Calls work(item, worker) for every item in 0..n-1; the first exception is thrown again here.
template <class Work>
void share(std::size_t n, std::size_t threads, const Work& work) {
    std::atomic<std::size_t> next{0};
    std::exception_ptr failure;
    std::mutex failing;
    auto take = [&](std::size_t worker) {
        try {
            for (std::size_t item; (item = next.fetch_add(1)) < n;) work(item, worker);
        } catch (...) {
            std::lock_guard<std::mutex> lock(failing);
            if (!failure) failure = std::current_exception();
            next.store(n);
        }
    };
    std::vector<std::thread> others;
    for (std::size_t worker = 1; worker < std::min(threads, n); ++worker) {
        try {
            others.emplace_back(take, worker);
        } catch (const std::system_error&) {
            break;  // the system grants no more threads: those at hand do the work
        }
    }
    take(0);
    for (std::thread& other : others) other.join();
    if (failure) std::rethrow_exception(failure);
}

}  // namespace symreg
