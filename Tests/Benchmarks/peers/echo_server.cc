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
using bench::v1::Payload;
using bench::v1::StreamRequest;

constexpr int kWaitingCalls = 512;

std::string Read(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// What an event of the queue is about.
class Call {
 public:
  virtual ~Call() = default;
  virtual void Proceed() = 0;
};

// One unary call: waits for a request, answers, and goes.
class EchoCall : public Call {
 public:
  EchoCall(EchoService::AsyncService* service, grpc::ServerCompletionQueue* queue)
      : service_(service), queue_(queue), writer_(&context_) {
    service_->RequestEcho(&context_, &request_, &writer_, queue_, queue_, this);
  }

  void Proceed() override {
    if (answered_) {
      delete this;
      return;
    }
    new EchoCall(service_, queue_);
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

// One stream: waits for a request, writes what it asks for, and goes.
class StreamCall : public Call {
 public:
  StreamCall(EchoService::AsyncService* service, grpc::ServerCompletionQueue* queue)
      : service_(service), queue_(queue), writer_(&context_) {
    service_->RequestStream(&context_, &request_, &writer_, queue_, queue_, this);
  }

  void Proceed() override {
    if (!began_) {
      began_ = true;
      new StreamCall(service_, queue_);
      payload_.set_body(std::string(request_.body_bytes(), 'a'));
    }
    if (ended_) {
      delete this;
    } else if (sent_ < request_.count()) {
      sent_++;
      writer_.Write(payload_, this);
    } else {
      ended_ = true;
      writer_.Finish(grpc::Status::OK, this);
    }
  }

 private:
  EchoService::AsyncService* service_;
  grpc::ServerCompletionQueue* queue_;
  grpc::ServerContext context_;
  StreamRequest request_;
  Payload payload_;
  grpc::ServerAsyncWriter<Payload> writer_;
  int sent_ = 0;
  bool began_ = false;
  bool ended_ = false;
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
  for (int i = 0; i < kWaitingCalls; i++) new EchoCall(&service, queue.get());
  for (int i = 0; i < kWaitingCalls; i++) new StreamCall(&service, queue.get());
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
