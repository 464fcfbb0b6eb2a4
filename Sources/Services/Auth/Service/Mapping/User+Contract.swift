internal import AuthContract
internal import AuthDomain
internal import Core
internal import Protobuf

extension AuthV1.User {
  /// The user as shown to themselves.
  init(_ user: User) {
    self.init()
    userID = user.id.rawValue
    email = user.email.text
    displayName = user.displayName.text
    roles = user.roles.names
    createdAt = Google.Timestamp(user.createdAt)
  }
}
