// The echo benchmark's peer: gRPC C++ with the asynchronous API, one completion queue, one thread.
// usage: echo_server PORT CERTIFICATE KEY CA
#include <grpcpp/grpcpp.h>

#include <cstdio>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>

#include "bench/v1/echo.grpc.pb.h"

namespace {

using bench::v1::EchoService;
using bench::v1::Order;

constexpr int kWaitingCalls = 512;

std::string Read(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// One call: waits for a request, answers, and goes.
class Call {
 public:
  Call(EchoService::AsyncService* service, grpc::ServerCompletionQueue* queue)
      : service_(service), queue_(queue), writer_(&context_) {
    service_->RequestEcho(&context_, &request_, &writer_, queue_, queue_, this);
  }

  void Proceed() {
    if (answered_) {
      delete this;
      return;
    }
    new Call(service_, queue_);
    answered_ = true;
    Order response = request_;
    writer_.Finish(response, grpc::Status::OK, this);
  }

 private:
  EchoService::AsyncService* service_;
  grpc::ServerCompletionQueue* queue_;
  grpc::ServerContext context_;
  Order request_;
  grpc::ServerAsyncResponseWriter<Order> writer_;
  bool answered_ = false;
};

}  // namespace

int main(int count, char** arguments) {
  if (count != 5) return 64;
  grpc::SslServerCredentialsOptions options(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  options.pem_root_certs = Read(arguments[4]);
  options.pem_key_cert_pairs.push_back({Read(arguments[3]), Read(arguments[2])});
  EchoService::AsyncService service;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(std::string("127.0.0.1:") + arguments[1], grpc::SslServerCredentials(options));
  builder.RegisterService(&service);
  std::unique_ptr<grpc::ServerCompletionQueue> queue = builder.AddCompletionQueue();
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (!server) return 1;
  for (int i = 0; i < kWaitingCalls; i++) new Call(&service, queue.get());
  std::printf("listening %s\n", arguments[1]);
  std::fflush(stdout);
  void* tag;
  bool ok;
  while (queue->Next(&tag, &ok)) {
    if (ok) {
      static_cast<Call*>(tag)->Proceed();
    } else {
      delete static_cast<Call*>(tag);
    }
  }
}
