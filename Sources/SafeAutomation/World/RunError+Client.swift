internal import SafeLanguage
internal import SecretSafeClient

extension RunError {
  /// What the client's error means for a run.
  init(_ error: any Error) {
    switch error {
    case let error as RunError: self = error
    case let error as ClientError: self.init(client: error)
    case is CancellationError: self.init(.refused, "interrupted", reach: .interrupted)
    default: self.init(.server, "\(error)")
    }
  }

  private init(client error: ClientError) {
    let kind: ErrorKind
    var reach = Reach.row
    switch error.kind {
    case .notFound: kind = .notFound
    case .refused, .unsupported: kind = .refused
    case .invalid: kind = .invalid
    case .limit: kind = .limit
    case .server: kind = .server
    case .network: kind = .network
    case .unreachable:
      kind = .network
      reach = .unreachable
    case .unauthorized:
      kind = .refused
      reach = .unauthorized
    case .readOnly:
      kind = .refused
      reach = .stopped
    case .unrecorded:
      kind = .file
      reach = .unreachable
    case .outdated: kind = .server
    case .cancelled:
      kind = .refused
      reach = .interrupted
    }
    self.init(kind, error.message, reach: reach, status: error.status, isOutcomeUnknown: error.isOutcomeUnknown)
  }
}
