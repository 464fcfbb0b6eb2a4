// The client benchmark's peer: gRPC C++ with the asynchronous API, one completion queue, one thread.
// usage: echo_client PORT CERTIFICATE KEY CA CALLS IN_FLIGHT WARM_UP
// Prints the microseconds of CPU that a call took this process, and the calls a second.
#include <grpcpp/grpcpp.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>

#include "bench/v1/echo.grpc.pb.h"

namespace {

using bench::v1::EchoService;
using bench::v1::Order;

std::string Read(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

Order MakeOrder() {
  Order order;
  order.set_symbol("AAPL.NASDAQ");
  order.set_account("ACC-0012345");
  order.set_client_order_id("c5f3b1e2-77aa-4f0e-9d3b");
  order.set_note("limit order good till cancel");
  order.set_quantity(1500000);
  order.set_price(187.25);
  order.set_stop_price(180.5);
  return order;
}

double CpuTime() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

struct Call {
  grpc::ClientContext context;
  Order response;
  grpc::Status status;
  std::unique_ptr<grpc::ClientAsyncResponseReader<Order>> reader;
};

// Makes calls, so many at a time; false if one fails or is answered wrongly.
bool Run(EchoService::Stub* stub, int calls, int in_flight) {
  grpc::CompletionQueue queue;
  const Order order = MakeOrder();
  const std::string expected = order.SerializeAsString();
  int begun = 0;
  auto begin = [&] {
    auto* call = new Call;
    call->context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
    call->reader = stub->AsyncEcho(&call->context, order, &queue);
    call->reader->Finish(&call->response, &call->status, call);
    begun++;
  };
  while (begun < in_flight && begun < calls) begin();
  bool right = true;
  for (int ended = 0; ended < calls; ended++) {
    void* tag;
    bool ok;
    if (!queue.Next(&tag, &ok)) return false;
    std::unique_ptr<Call> call(static_cast<Call*>(tag));
    right = right && ok && call->status.ok() &&
            call->response.SerializeAsString() == expected;
    if (begun < calls) begin();
  }
  return right;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 8) return 64;
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = Read(arguments[4]);
  options.pem_private_key = Read(arguments[3]);
  options.pem_cert_chain = Read(arguments[2]);
  auto channel = grpc::CreateChannel(std::string("localhost:") + arguments[1], grpc::SslCredentials(options));
  auto stub = EchoService::NewStub(channel);
  const int calls = std::atoi(arguments[5]);
  const int in_flight = std::atoi(arguments[6]);
  if (!Run(stub.get(), std::atoi(arguments[7]), in_flight)) return 1;
  const double cpu = CpuTime();
  const auto start = std::chrono::steady_clock::now();
  if (!Run(stub.get(), calls, in_flight)) return 1;
  const double elapsed = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  std::printf("%.2f %.0f\n", (CpuTime() - cpu) / calls * 1e6, calls / elapsed);
}
