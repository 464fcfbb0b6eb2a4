import Foundation

/// How pods are found: files of addresses for callers in the mesh, a load balancer for the outside.
extension LocalCluster {
  func startProxies() async throws {
    for service in manifests.services where service.spec.type == "LoadBalancer" {
      proxies[service.name] = try await ServiceProxy.start(port: options.port)
    }
  }

  /// Writes which pods are ready, for each Service, where callers look.
  func publishAddresses() {
    for service in manifests.services {
      let backends = backends(of: service)
      proxies[service.name]?.lead(to: backends)
      let path = "\(paths.directory)/\(service.name)"
      let text = backends.map { "\($0.host):\($0.port)\n" }.joined()
      do {
        try text.write(toFile: path, atomically: true, encoding: .utf8)
      } catch {
        options.progress(.note("\(path) cannot be written: \(error.localizedDescription)"))
      }
    }
  }

  func backends(of service: Manifests.Service) -> [ServiceProxy.Backend] {
    guard let selector = service.spec.selector, let port = service.spec.ports.first else {
      return []
    }
    let ready = pods.values.flatMap(\.self).filter { pod in
      pod.status.isReady
        && LabelSelector(matchLabels: selector).selects(pod.template.metadata.labels ?? [:])
    }
    return ready.sorted { $0.name < $1.name }.compactMap { pod in
      pod.template.spec.containers[0].port(port.targetPort ?? .number(port.port)).map {
        ServiceProxy.Backend(host: pod.address, port: $0)
      }
    }
  }
}
