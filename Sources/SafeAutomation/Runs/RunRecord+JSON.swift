public import SecretSafeAPI

extension RunRecord: JSONWritable {
  public func write(to writer: inout JSONWriter) {
    writer.object { object in
      object.member("version", Self.version)
      object.member("id", id.description)
      object.member("created", created)
      object.member("state", state.rawValue)
      object.member("mode", mode.rawValue)
      object.member("plan", plan)
      object.member("ended", ended)
      object.member("exitStatus", exitStatus)
      object.key("target")
      object.object { $0.target(target) }
      object.key("counts")
      object.counts(counts)
      object.key("calls")
      object.calls(calls)
      object.key("failures")
      object.array(failures) { writer, failure in
        writer.object {
          $0.member("place", failure.place)
          $0.member("status", failure.status.rawValue)
          $0.member("reason", failure.reason)
        }
      }
      object.member("directory", directory)
      object.key("parameters")
      object.array(parameters) { writer, parameter in
        writer.object {
          $0.member("name", parameter.name)
          $0.member("text", parameter.text)
        }
      }
      object.key("script")
      object.file(script)
      object.key("uses")
      object.array(uses) { $0.file($1) }
    }
  }
}

extension JSONWriter {
  /// The members of an object.
  mutating func target(_ target: RunRecord.Target) {
    member("name", target.name)
    member("address", target.address)
    member("clientId", target.clientID)
    member("profile", target.profile)
  }
}

extension RunRecord {
  /// Reads `run.json` strictly.
  init(json bytes: [UInt8]) throws(FieldProblem) {
    let fields = try StrictFields.file(
      bytes, version: Self.version,
      [
        "id", "created", "state", "mode", "plan", "ended", "exitStatus", "target", "counts", "calls", "failures", "directory", "parameters", "script", "uses",
      ])
    let name = try fields.text("id")
    guard let id = RunID(name) else { throw FieldProblem(fields.place("id"), "'\(name.prefix(60))' is no name of a run") }
    self.id = id
    created = try fields.time("created")
    state = try fields.word("state")
    mode = try fields.word("mode")
    plan = try fields.optionalText("plan")
    ended = try fields.optionalTime("ended")
    exitStatus = try fields.optionalCount("exitStatus")
    if state == .finished, exitStatus == nil { throw FieldProblem("$", "a finished run has an 'exitStatus'") }
    directory = try fields.text("directory")
    let target = try StrictFields(fields.value("target") ?? .null, fields.place("target"), ["name", "address", "clientId", "profile"])
    self.target = Target(
      name: try target.text("name"), address: try target.optionalText("address"), clientID: try target.optionalText("clientId"),
      profile: try target.optionalText("profile"))
    let counts = try StrictFields(fields.value("counts") ?? .object([]), fields.place("counts"), LedgerStatus.allCases.map(\.rawValue))
    for status in LedgerStatus.allCases {
      if let count = try counts.optionalCount(status.rawValue), count > 0 { self.counts[status] = count }
    }
    calls = try fields.list("calls") { value, path throws(FieldProblem) in
      let call = try StrictFields(value, path, ["verb", "count"])
      return Calls(verb: try call.text("verb"), count: try call.count("count"))
    }
    failures = try fields.list("failures") { value, path throws(FieldProblem) in
      let failure = try StrictFields(value, path, ["place", "status", "reason"])
      return Failure(place: try failure.text("place"), status: try failure.word("status"), reason: try failure.text("reason"))
    }
    parameters = try fields.list("parameters") { value, path throws(FieldProblem) in
      let parameter = try StrictFields(value, path, ["name", "text"])
      return Parameter(name: try parameter.text("name"), text: try parameter.text("text"))
    }
    script = try Self.file(fields.value("script") ?? .null, fields.place("script"))
    uses = try fields.list("uses") { value, path throws(FieldProblem) in try Self.file(value, path) }
  }

  private static func file(_ value: JSONValue, _ path: String) throws(FieldProblem) -> File {
    let file = try StrictFields(value, path, ["path", "text"])
    return File(path: try file.text("path"), text: try file.text("text"))
  }
}

extension JSONWriter {
  /// How many rows came to what, in the ledger's order.
  mutating func counts(_ counts: [LedgerStatus: Int]) {
    object { object in
      for status in LedgerStatus.allCases {
        object.key(status.rawValue)
        object.int(counts[status] ?? 0)
      }
    }
  }

  mutating func calls(_ calls: [RunRecord.Calls]) {
    array(calls) { writer, call in
      writer.object {
        $0.member("verb", call.verb)
        $0.member("count", call.count)
      }
    }
  }

  fileprivate mutating func file(_ file: RunRecord.File) {
    object {
      $0.member("path", file.path)
      $0.member("text", file.text)
    }
  }
}
