// The codec benchmark's peer: C++ protobuf on the same bytes. Prints `name nanoseconds` a line, best of all rounds.
// Its JSON is its own: it reads an enum's values by their full names only.
// usage: codec FOLDER           measures with FOLDER/NAME.bin
//        codec --check FOLDER   writes what it read and wrote again as FOLDER/NAME.cpp.bin and NAME.cpp.json
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
constexpr int kRounds = 150;
constexpr double kRoundNanoseconds = 2e6;

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

void Write(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

template <typename Message>
Message Parsed(const std::string& bytes) {
  Message message;
  if (!message.ParseFromString(bytes)) std::abort();
  return message;
}

template <typename Message>
Message ParsedJson(const std::string& text) {
  Message message;
  if (!google::protobuf::util::JsonStringToMessage(text, &message).ok()) std::abort();
  return message;
}

template <typename Message>
std::string Json(const Message& message) {
  std::string text;
  if (!google::protobuf::util::MessageToJsonString(message, &text).ok()) std::abort();
  return text;
}

template <typename Message>
void Check(const std::string& path) {
  std::string json = Json(Parsed<Message>(Read(path + ".bin")));
  Write(path + ".cpp.json", json);
  Write(path + ".cpp.bin", ParsedJson<Message>(json).SerializeAsString());
}

// A new message each time, as a server decodes each request into its own.
template <typename Message>
void Measure(const std::string& name, const std::string& path) {
  std::string bytes = Read(path + ".bin");
  Message message = Parsed<Message>(bytes);
  std::string text = Json(message);
  Report(name + "_decode", [&] {
    Message fresh;
    return fresh.ParseFromString(bytes) ? size_t{1} : size_t{0};
  });
  Report(name + "_encode", [&] { return message.SerializeAsString().size(); });
  Report(name + "_json_decode", [&] { return ParsedJson<Message>(text).ByteSizeLong(); });
  Report(name + "_json_encode", [&] { return Json(message).size(); });
}

}  // namespace

int main(int count, char** arguments) {
  if (count == 3 && std::string(arguments[1]) == "--check") {
    std::string folder = arguments[2];
    Check<bench::v1::Tick>(folder + "/tick");
    Check<bench::v1::DetailedOrder>(folder + "/order");
    Check<bench::v1::Report>(folder + "/report");
  } else if (count == 2) {
    std::string folder = arguments[1];
    Measure<bench::v1::Tick>("tick", folder + "/tick");
    Measure<bench::v1::DetailedOrder>("order", folder + "/order");
    Measure<bench::v1::Report>("report", folder + "/report");
  } else {
    return 64;
  }
}
