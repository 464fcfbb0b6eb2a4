// swift-tools-version:6.2
//
// The benchmarks' peers in Swift: swift-protobuf and gRPC Swift 2, each at one exact version. A package of its own, so
// that nothing of Alphintra depends on them; `bench.sh` puts a copy beside the code that their plugins generate.

import PackageDescription

let package = Package(
  name: "swift-peers",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(url: "https://github.com/apple/swift-protobuf", exact: "1.39.0"),
    .package(url: "https://github.com/grpc/grpc-swift-2", exact: "2.4.3"),
    .package(url: "https://github.com/grpc/grpc-swift-protobuf", exact: "2.4.1"),
  ],
  targets: [
    .executableTarget(
      name: "SwiftProtobufPeer",
      dependencies: [
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
        .product(name: "GRPCCore", package: "grpc-swift-2"),
        .product(name: "GRPCProtobuf", package: "grpc-swift-protobuf"),
      ])
  ]
)
