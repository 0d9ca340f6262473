internal import SafeLanguage
internal import SecretSafeAPI

extension Plan {
  /// The version of a plan's file.
  public static let version = 1

  /// The plan as JSON. With contents it has all that the run was made from: the texts of the script and of what it uses, and what it read.
  /// `status` is the exit status that it was told with.
  public func json(status: Int, contents: Bool) -> [UInt8] {
    var json: [UInt8] = []
    write(status: status, contents: contents) { json += $0 }
    return json
  }

  /// Bytes that are given at once.
  private static let part = 1 << 20

  /// The same in parts: of a large plan it is larger than the plan.
  public func write(status: Int, contents: Bool, to sink: ([UInt8]) throws -> Void) rethrows {
    var writer = JSONWriter()
    try writer.object { object in
      object.member("plan", Self.version)
      object.member("id", id)
      object.member("made", moment)
      object.member("mode", mode.rawValue)
      object.member("target", target)
      object.key("organization")
      if let organization { object.object { $0.target(organization) } } else { object.null() }
      object.member("directory", directory)
      object.member("status", status)
      object.key("script")
      object.source(script, contents)
      object.key("used")
      object.array(used) { $0.source($1, contents) }
      object.key("parameters")
      object.object { parameters in
        for (name, value) in self.parameters {
          if case .secret = value { continue }
          parameters.key(name)
          parameters.value(value)
        }
      }
      object.key("inputs")
      object.array(inputs) { $0.file($1, contents) }
      object.key("saves")
      object.array(saved) { $0.file($1, contents) }
      object.member("output", output)
      object.key("error")
      if let error = result.error { object.error(error, script) } else { object.null() }
      object.member("failedRows", result.failedRows)
      object.key("failures")
      object.array(failures) { writer, failure in
        writer.object {
          $0.member("place", failure.place)
          $0.member("reason", failure.reason)
        }
      }
      object.key("calls")
      object.object { calls in
        for call in result.calls {
          calls.key(call.verb)
          calls.int(call.count)
        }
      }
      object.key("requests")
      object.requests(requests)
      object.key("seconds")
      object.seconds(time)
      object.key("merged")
      object.requests(merged)
      object.key("mergedSeconds")
      object.seconds(mergedTime)
      object.member("limits", time.basis.rawValue)
      object.key("irreversible")
      object.array(irreversible) { $0.string($1) }
      object.key("warnings")
      object.array(warnings) { $0.string($1) }
      object.key("basis")
      object.array(basis) { writer, basis in
        writer.object { object in
          object.member("object", basis.kind.rawValue)
          object.member("id", basis.id)
          object.member("name", basis.name)
          object.key("fields")
          object.object { fields in
            for (name, value) in basis.fields {
              fields.key(name)
              value.write(to: &fields)
            }
          }
        }
      }
      object.key("difference")
      try difference.write(to: &object) { if let part = $0.drained(from: Self.part) { try sink(part) } }
      guard contents else { return }
      object.key("reads")
      object.array(reads) { $0.entry($1) }
    }
    try sink(writer.bytes)
  }
}

extension JSONWriter {
  fileprivate mutating func source(_ source: SourceFile, _ contents: Bool) {
    object {
      $0.member("path", source.name)
      if contents { $0.member("text", String(decoding: source.bytes, as: UTF8.self)) }
    }
  }

  /// Text as it is, other bytes as Base64.
  fileprivate mutating func file(_ file: PlannedFile, _ contents: Bool) {
    object {
      $0.member("path", file.path)
      $0.member("sha256", file.digest)
      $0.member("bytes", file.bytes.count)
      guard contents else { return }
      if let text = String(validating: file.bytes, as: UTF8.self) {
        $0.member("text", text)
      } else {
        $0.member("base64", try? Base64.encoded(file.bytes))
      }
    }
  }

  fileprivate mutating func error(_ error: RunError, _ script: SourceFile) {
    object {
      $0.member("kind", "\(error.kind)")
      $0.member("message", error.message)
      $0.member("place", error.span.map { "\((error.source ?? script).name):\((error.source ?? script).position($0.start).line)" })
    }
  }

  fileprivate mutating func seconds(_ time: PlannedTime) {
    if time.basis == .none { null() } else { int(time.seconds) }
  }

  fileprivate mutating func requests(_ requests: [PlannedRequests]) {
    object { object in
      object.member("reads", requests.reads)
      object.member("writes", requests.writes.reduce(0) { $0 + $1.count })
      object.key("kinds")
      object.array(requests) { writer, requests in
        writer.object {
          $0.member("endpoint", requests.endpoint.name)
          $0.member("count", requests.count)
          $0.member("done", requests.done)
        }
      }
    }
  }

  /// What the language writes is JSON already.
  fileprivate mutating func value(_ value: Value) {
    let bytes = Array(ValueText.json(value).utf8)
    if let value = try? JSONReader.read(bytes) { value.write(to: &self) } else { null() }
  }
}
