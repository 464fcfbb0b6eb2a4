/// One of the processes of a member: the first has the member's name, others also their number.
struct PlatformReplica: Sendable, Hashable {
  let member: PlatformMember
  /// From 1.
  let number: Int

  /// The name: of the process and of its log.
  var name: String { number == 1 ? member.name : "\(member.name)-\(number)" }

  /// All of a member, where each that can have several has so many.
  static func all(of member: PlatformMember, replicas: Int) -> [PlatformReplica] {
    let count = PlatformMember.replicated.contains(member) ? replicas : 1
    return (1...count).map { PlatformReplica(member: member, number: $0) }
  }
}
