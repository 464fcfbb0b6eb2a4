internal import AuthContract
internal import AuthDomain
internal import Core
internal import Postgres
internal import Protobuf
internal import ServiceKit

extension AuthV1.UserEvent {
  /// The event as it is published.
  init(_ event: UserEvent) {
    self.init()
    eventID = event.id.rawValue
    userID = event.userID.rawValue
    eventType =
      switch event.kind {
      case .registered: .registered
      case .loggedIn: .loggedIn
      case .passwordReset: .passwordReset
      case .loggedOut: .loggedOut
      case .sessionRevoked: .sessionRevoked
      case .refreshTokenReplayed: .refreshTokenReplayed
      case .rolesChanged: .rolesChanged
      }
    if case .rolesChanged(let roles) = event.kind { self.roles = roles.names }
    sequence = event.sequence
    displayName = event.displayName.text
    sessionID = event.sessionID?.rawValue ?? ""
    timestamp = Google.Timestamp(event.occurredAt)
  }
}

extension Outbox {
  /// Leaves an event for `user_events` in the transaction.
  func append(_ event: UserEvent, in transaction: PostgresTransaction) {
    append(
      AuthV1.UserEvent(event), to: AuthV1.Topics.userEvents, id: event.id, at: event.occurredAt,
      in: transaction)
  }
}
