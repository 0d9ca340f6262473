extension OrganizationDifference: JSONWritable {
  /// `{"isEqual", "counts": {"members": {"invited": 1}}, "changes": [{"object", "action", "id", "name", "fields", "access", "members"}]}`.
  public func write(to writer: inout JSONWriter) { write(to: &writer) { _ in } }

  /// The same; `between` is told after each change, and may take away what was written.
  public func write(to writer: inout JSONWriter, between: (inout JSONWriter) throws -> Void) rethrows {
    try writer.object { object in
      object.member("isEqual", isEmpty)
      object.key("counts")
      object.object { $0.counts(counts) }
      object.key("changes")
      try object.array(changes) { writer, change in
        writer.change(change)
        try between(&writer)
      }
    }
  }
}

extension JSONWriter {
  fileprivate mutating func counts(_ counts: [OrganizationDifference.Count]) {
    var subjects: [String] = []
    for count in counts where !subjects.contains(count.subject) { subjects.append(count.subject) }
    for subject in subjects {
      key(subject)
      object { object in
        for count in counts where count.subject == subject {
          object.key(count.word)
          object.int(count.count)
        }
      }
    }
  }

  fileprivate mutating func change(_ change: OrganizationDifference.Change) {
    object { object in
      object.member("object", change.kind.rawValue)
      object.member("action", change.action.rawValue)
      object.member("id", change.id)
      object.member("name", change.name)
      object.key("fields")
      object.array(change.fields) { writer, field in
        writer.object {
          $0.member("name", field.name)
          $0.member("before", field.before)
          $0.member("after", field.after)
        }
      }
      object.key("access")
      object.array(change.access) { writer, access in
        writer.object {
          $0.member("collection", access.collection.id)
          $0.member("name", access.collection.name)
          $0.member("before", access.before.map { "\($0)" })
          $0.member("after", access.after.map { "\($0)" })
        }
      }
      object.key("members")
      object.array(change.members) { writer, membership in
        writer.object {
          $0.member("member", membership.member.id)
          $0.member("name", membership.member.name)
          $0.member("isIn", membership.isAdded)
        }
      }
    }
  }
}
