import HTTPTypes

/// Why a page is not what was asked for; each is a page of its own.
enum WebFailure: Error, Hashable {
  case notFound
  case methodNotAllowed([HTTPRequest.Method])
  /// The form does not come from a page of ours, or from one that is too old.
  case foreignForm
  case notAForm
  case tooLarge
  case tooMany(seconds: Int)
  /// An invitation that was used or replaced.
  case invitationOver
  case invitationUnknown
  /// A rule said no.
  case refused(String)

  var status: HTTPResponse.Status {
    switch self {
    case .notFound, .invitationUnknown: .notFound
    case .methodNotAllowed: .methodNotAllowed
    case .foreignForm: .forbidden
    case .notAForm: .unsupportedMediaType
    case .tooLarge: .contentTooLarge
    case .tooMany: .tooManyRequests
    case .invitationOver: .gone
    case .refused: .badRequest
    }
  }

  var title: String {
    switch self {
    case .notFound: "Page not found"
    case .methodNotAllowed: "This page takes no such request"
    case .foreignForm: "The form is out of date"
    case .notAForm: "This is no form"
    case .tooLarge: "This is too long"
    case .tooMany: "Too many attempts"
    case .invitationOver: "This invitation is over"
    case .invitationUnknown: "There is no such invitation"
    case .refused: "Nothing was changed"
    }
  }

  var text: String {
    switch self {
    case .notFound: "There is nothing at this address, or nothing that is yours to see."
    case .methodNotAllowed: "Go back, and use the links and buttons of the pages."
    case .foreignForm: "Nothing was changed. Go back, load the page again, and send the form once more. Cookies have to be allowed."
    case .notAForm: "Nothing was changed. Send the form of a page."
    case .tooLarge: "Nothing was changed. The form holds more than is taken."
    case .tooMany(let seconds): "Try again in \(Self.duration(seconds)). Until then no password is looked at, not even the right one."
    case .invitationOver: "It was accepted already, or a newer one took its place. Ask your administrator if you are not sure."
    case .invitationUnknown: "The link may have been cut off: open the whole of it, or ask your administrator for a new one."
    case .refused(let text): text
    }
  }

  static func duration(_ seconds: Int) -> String {
    switch seconds {
    case ...1: "one second"
    case 2..<120: "\(seconds) seconds"
    default: "\((seconds + 59) / 60) minutes"
    }
  }
}
