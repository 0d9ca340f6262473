internal import SafeLanguage
internal import SecretSafeAPI

/// How it is found out what became of a call whose answer was lost. Nothing is ever sent again blindly.
enum Settling: Sendable {
  /// The body reads what is there before it writes, or says the same twice: it is done once more.
  case again
  /// By the address: a member of the same type and external id is ours.
  case invitation(@Sendable (VerbCall) -> InviteBody)
  /// By name and external id, among those that were not there before.
  case creation(@Sendable (VerbCall) -> GroupBody)
  /// By the member's status, which is as it should be or not.
  case status(@Sendable (MemberStatus) -> Bool)
  /// Nobody can tell, or it costs money.
  case never
}
