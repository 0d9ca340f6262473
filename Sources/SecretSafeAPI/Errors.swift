/// The error object of the API (`api.md` 2.5). `errors` is null in business rules and an object in validation failures.
public struct ErrorObject: Codable, Sendable, Hashable {
  public var message: String
  public var errors: [String: [String]]?

  public init(message: String, errors: [String: [String]]? = nil) {
    self.message = message
    self.errors = errors
  }
}

/// The error of the token endpoint (`api.md` 1.6), always with status 400.
public struct OAuthError: Codable, Sendable, Hashable {
  public var error: String
  public var errorDescription: String?

  public init(error: String, errorDescription: String? = nil) {
    self.error = error
    self.errorDescription = errorDescription
  }

  enum CodingKeys: String, CodingKey {
    case error
    case errorDescription = "error_description"
  }
}
