/// Stands between a session and its writes: keeps a journal of them, for instance.
///
/// With an observer a PUT is never sent twice from one body: the second time it fails as `outdated`, for its body to be made afresh.
public protocol WriteObserver: Sendable {
  /// Called each time before a request that may change something is sent, as `PUT /public/members/…`, repeats included.
  ///
  /// - Throws: why it must not be sent.
  func willSend(_ request: String) async throws(ClientError)

  /// Called when nobody knows what became of a request, while its object is still kept from others. Returns when it is sure that it is not
  /// under way any more.
  func lostTrack() async
}
