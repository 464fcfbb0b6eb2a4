import DevTools
import Foundation

/// What pods are told, and how their processes are run.
extension LocalCluster {
  var files: PodFiles {
    PodFiles(
      folder: "\(paths.folder)/pods", certificates: certificates,
      operatorPassword: paths.operatorPassword)
  }

  var environment: PodEnvironment {
    PodEnvironment(
      manifests: manifests, endpoints: stores.endpoints, directory: paths.directory)
  }

  func places(of template: PodTemplate, pod: String) -> PodEnvironment.Places {
    // What the image holds beside the programs.
    var places: PodEnvironment.Places = ["/usr/share/alphintra/stocks.csv.gz": options.barsPath]
    places.merge(files.places(of: template.spec.containers[0], pod: pod)) { $1 }
    return places
  }

  func launch(
    _ template: PodTemplate, pod: String, address: String, isDry: Bool = false
  ) throws(ManifestError) -> PodEnvironment.Launch {
    guard template.spec.containers.count == 1, let container = template.spec.containers.first else {
      throw .notHere("a pod with other than one container is not run here", for: pod)
    }
    if !isDry { try files.prepare(pod, template.spec, container, manifests) }
    return try environment.launch(
      container, pod: pod, address: address, places: places(of: template, pod: pod))
  }

  func process(
    _ name: String, _ launch: PodEnvironment.Launch, _ spec: PodSpec,
    readiness: ManagedProcess.Readiness, timeout: Duration
  ) -> ManagedProcess {
    let program = launch.program.split(separator: "/").last.map(String.init) ?? launch.program
    return ManagedProcess(
      name: name, executable: "\(options.programsFolder)/\(program)", arguments: launch.arguments,
      environment: launch.variables, readiness: readiness, startTimeout: timeout,
      stopTimeout: .seconds(
        spec.terminationGracePeriodSeconds ?? PodSpec.defaultGracePeriodSeconds))
  }
}
