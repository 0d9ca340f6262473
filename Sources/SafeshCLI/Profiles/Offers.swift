internal import SecretSafeAPI
internal import SecretSafeClient

/// What a server lets a key read, and which limits it tells of. Only GETs are sent, so what changes something stays untried.
struct Offers {
  let address: ServerAddress
  let probe: Probe
  let session: Client.SignIn

  private enum Answer { case offered, absent, forbidden, refused(String), unclear(String) }

  func findings() async -> [Finding] {
    var limits: Finding?
    var answers: [(Endpoint, Answer)] = []
    var ids: [String: GUID] = [:]
    // Lists first: what is in them gives the objects for the rest.
    let reads = Endpoint.all.filter { $0.method == .get && !$0.path.contains("{type}") }
    for endpoint in reads.filter({ !$0.path.contains("{id}") }) + reads.filter({ $0.path.contains("{id}") }) {
      let list = String(endpoint.path.prefix { $0 != "{" }.dropLast())
      let id = endpoint.path.contains("{id}") ? ids[list] : nil
      if endpoint.path.contains("{id}"), id == nil { continue }
      do throws(TransportFailure) {
        let look = try await probe.get(address.api + endpoint.path(id), as: session)
        if limits == nil, (200..<300).contains(look.status) { limits = Self.limits(look, address) }
        if id == nil, look.status == 200 { ids[endpoint.path] = Self.firstID(look.start) }
        answers.append((endpoint, Self.answer(look)))
      } catch { answers.append((endpoint, .unclear(error.message))) }
    }
    return [limits ?? .skipped(.limits, "nothing was let through that would tell"), Self.offers(answers)]
  }

  private static func answer(_ look: Probe.Look) -> Answer {
    switch look.status {
    case 200..<300: .offered
    case 401, 403: .forbidden
    case 404, 405: .absent
    // It is there, and says itself why not here: the cloud's seats on a server of one's own.
    case 400: .refused(look.reason ?? look.summary)
    default: .unclear(look.summary)
    }
  }

  private static func offers(_ answers: [(Endpoint, Answer)]) -> Finding {
    func names(_ isSo: (Answer) -> Bool) -> [String] { answers.filter { isSo($0.1) }.map(\.0.summary) }
    let offered = names { if case .offered = $0 { true } else { false } }
    let absent = names { if case .absent = $0 { true } else { false } }
    let forbidden = names { if case .forbidden = $0 { true } else { false } }
    let refused = answers.compactMap { if case .refused(let text) = $0.1 { "\($0.0.summary) (\(text))" } else { nil } }
    let unclear = answers.compactMap { if case .unclear(let text) = $0.1 { "\($0.0.summary): \(text)" } else { nil } }
    var text = "\(offered.count) of \(answers.count) reads"
    if !absent.isEmpty { text += "; the server lacks: \(absent.joined(separator: ", "))" }
    if !forbidden.isEmpty { text += "; the key has no right to: \(forbidden.joined(separator: ", "))" }
    if !refused.isEmpty { text += "; not here: \(refused.joined(separator: ", "))" }
    if !unclear.isEmpty { text += "; unclear: \(unclear.joined(separator: ", "))" }
    if offered.isEmpty { return .failed(.offers, text, "is this a key of the organization, and is the server new enough?") }
    if !absent.isEmpty || !unclear.isEmpty { return .warning(.offers, text, "an older server, or another kind: scripts that need these stop with status 1") }
    return .ok(.offers, text)
  }

  private static func limits(_ look: Probe.Look, _ address: ServerAddress) -> Finding {
    guard let period = look.header("X-Rate-Limit-Limit"), let rest = look.header("X-Rate-Limit-Remaining") else {
      return .ok(.limits, "the server tells of none")
    }
    return .ok(.limits, "\(rest) more GETs of this path in the window of \(period)" + (look.header("X-Rate-Limit-Reset").map { ", which ends at \($0)" } ?? ""))
  }

  /// The first identifier in the beginning of a list.
  private static func firstID(_ start: [UInt8]) -> GUID? {
    let text = String(decoding: start, as: UTF8.self)
    guard let key = text.firstRange(of: "\"id\":") else { return nil }
    return GUID(text[key.upperBound...].drop { $0 == " " || $0 == "\"" }.prefix { $0 != "\"" })
  }
}
