internal import Dispatch
internal import Foundation
internal import SafeConfiguration
internal import SafeTerminal
internal import SecretSafeClient

/// Where a key's secret comes from. It is never an argument, and stands in no file of ours.
enum SecretOrigin: Sendable, Hashable {
  case variable(String)
  case command(String)
  case file(String)
  case prompt

  init?(_ chosen: ChosenProfile) {
    guard let (key, value) = chosen.secret else { return nil }
    switch key {
    case .secretVariable: self = .variable(value.text)
    case .secretCommand: self = .command(value.text)
    case .secretFile: self = .file(value.text)
    case .secretPrompt: self = .prompt
    default: return nil
    }
  }

  /// For people; the secret is not in it.
  var description: String {
    switch self {
    case .variable(let name): "variable \(name)"
    case .command(let line): "command \(line)"
    case .file(let path): "file \(path)"
    case .prompt: "prompt"
    }
  }

  /// The secret: read now if that costs nothing, so that what is wrong is told before anything is done, else when the first token is asked for.
  func secret(for connection: Connection, _ environment: [String: String]) throws(ClientError) -> ClientSecret {
    guard isAsked else { return ClientSecret(try known(environment)) }
    let question = Self.question(connection)
    return ClientSecret(from: description) { () async throws(ClientError) in try await asked(question) }
  }

  /// The secret itself, whatever it costs.
  func text(for connection: Connection, _ environment: [String: String]) async throws(ClientError) -> String {
    isAsked ? try await asked(Self.question(connection)) : try known(environment)
  }

  /// A secret that came by `text`. Its token is the one that others use.
  func secret(known text: String) -> ClientSecret {
    isAsked ? ClientSecret(from: description) { () async throws(ClientError) in text } : ClientSecret(text)
  }

  /// Whether getting it costs something: a person or a process.
  var isAsked: Bool {
    switch self {
    case .variable, .file: false
    case .command, .prompt: true
    }
  }

  private static func question(_ connection: Connection) -> String { "Client secret of \(connection.shortName) (\(connection.address.host)): " }

  /// One that costs nothing to get.
  func known(_ environment: [String: String]) throws(ClientError) -> String {
    guard case .file(let path) = self else {
      guard case .variable(let name) = self else { throw ClientError(.unauthorized, "the secret is not at hand") }
      guard let value = environment[name], !value.isEmpty else {
        throw ClientError(.unauthorized, "the secret comes from the variable \(name), which is not set")
      }
      return value
    }
    do { return try SecretFile.read(path, home: environment["HOME"]) } catch { throw ClientError(.unauthorized, error.description) }
  }

  private func asked(_ question: String) async throws(ClientError) -> String {
    if case .command(let line) = self { return try await SecretCommand(line: line).run() }
    let answer = await withCheckedContinuation { continuation in
      // It waits for a person, so it does so on none of the threads that others need.
      DispatchQueue.global().async { continuation.resume(returning: Question.secret(question)) }
    }
    switch answer {
    case .line(let text) where !text.isEmpty: return text
    case .interrupted: throw ClientError(.cancelled, "interrupted")
    case .line, .ended: throw ClientError(.unauthorized, "no secret was given")
    case .noTerminal:
      throw ClientError(
        .unauthorized, "there is no terminal to ask for the secret on; set \(ChosenProfile.secretVariable), or take a command or a file for it")
    }
  }
}
