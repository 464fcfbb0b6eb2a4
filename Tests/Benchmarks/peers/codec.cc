// The codec benchmark's peer: C++ protobuf on the same bytes. Prints `name nanoseconds` a line, best of seven rounds.
// usage: codec FOLDER
#include <google/protobuf/util/json_util.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <functional>
#include <limits>
#include <sstream>
#include <string>

#include "bench/v1/codec.pb.h"

namespace {

using Clock = std::chrono::steady_clock;
constexpr int kRounds = 7;
constexpr double kRoundNanoseconds = 150e6;

double Time(long iterations, const std::function<size_t()>& operation) {
  size_t sum = 0;
  auto begin = Clock::now();
  for (long i = 0; i < iterations; i++) sum += operation();
  double elapsed = std::chrono::duration<double, std::nano>(Clock::now() - begin).count();
  if (sum == 0) std::abort();
  return elapsed;
}

void Report(const std::string& name, const std::function<size_t()>& operation) {
  long iterations = 1;
  while (Time(iterations, operation) < kRoundNanoseconds) iterations *= 2;
  double best = std::numeric_limits<double>::max();
  for (int i = 0; i < kRounds; i++) best = std::min(best, Time(iterations, operation));
  std::printf("%s %.1f\n", name.c_str(), best / iterations);
}

std::string Read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

template <typename Message>
void Measure(const std::string& name, const std::string& folder) {
  std::string bytes = Read(folder + "/" + name + ".bin");
  Message message;
  if (!message.ParseFromString(bytes)) std::abort();
  // A new message each time, as a server decodes each request into its own.
  Report(name + "_decode", [&] {
    Message fresh;
    return fresh.ParseFromString(bytes) ? size_t{1} : size_t{0};
  });
  Report(name + "_encode", [&] { return message.SerializeAsString().size(); });
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) return 64;
  std::string folder = arguments[1];
  Measure<bench::v1::Tick>("tick", folder);
  Measure<bench::v1::DetailedOrder>("order", folder);
  Measure<bench::v1::Report>("report", folder);
  bench::v1::DetailedOrder order;
  if (!order.ParseFromString(Read(folder + "/order.bin"))) return 1;
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(order, &json).ok()) return 1;
  Report("order_json_decode", [&] {
    bench::v1::DetailedOrder fresh;
    return google::protobuf::util::JsonStringToMessage(json, &fresh).ok() ? size_t{1} : size_t{0};
  });
  Report("order_json_encode", [&] {
    std::string text;
    (void)google::protobuf::util::MessageToJsonString(order, &text);
    return text.size();
  });
}
