/// Changes of the file's text. Only the lines of what changes are written anew, so comments and order elsewhere stay a person's own.
///
/// Lines are found by where the reader saw the keys. The new text is read again before anything is kept: a file in a form that this does
/// not fit (a mapping in braces, say) is refused and stays as it is.
extension Configuration {
  /// With a profile more, or another in the place of one with its name. The first of all becomes the default.
  public func adding(_ profile: Profile) throws(ConfigurationError) -> Configuration {
    if let fault = Profile.fault(inName: profile.name) { throw ConfigurationError(fault, hint: "choose another name") }
    if let fault = Profile.fault(in: profile.settings) { throw ConfigurationError(fault.message, hint: fault.hint) }
    var lines = lines
    let indent = String(repeating: " ", count: profiles.first.flatMap { places.names[$0.name] }.map { $0.column - 1 } ?? 2)
    let written = Self.lines(of: profile, indent: indent)
    if let range = range(of: profile.name) {
      lines.replaceSubrange(range, with: written)
    } else if let last = profiles.compactMap({ range(of: $0.name)?.upperBound }).max() {
      lines.insert(contentsOf: written, at: last)
    } else if let place = places.profiles {
      lines[place.line - 1] = "\(Self.profilesKey):" + Self.comment(behind: lines[place.line - 1])
      lines.insert(contentsOf: written, at: place.line)
    } else {
      if lines.isEmpty { lines = ["# Profiles of safesh: 'safesh profile --help'. Secrets do not stand here."] }
      lines += ["\(Self.profilesKey):"] + written
    }
    var wanted = meaning
    wanted.profiles[profile.name] = profile.settings.mapValues(\.text)
    let added = try edited(lines, wanted)
    return profiles.isEmpty && defaultName == nil ? try added.choosing(profile.name) : added
  }

  /// Without a profile. If it was the default, there is none.
  public func removing(_ name: String) throws(ConfigurationError) -> Configuration {
    _ = try profile(name)
    var lines = lines
    var wanted = meaning
    wanted.profiles[name] = nil
    var gone: [Range<Int>] = []
    if let range = range(of: name) { gone.append(range) }
    if defaultName == name, let key = places.defaultKey {
      wanted.defaultName = nil
      gone.append(key.line - 1..<key.line)
    }
    // From the end, so that what stands above keeps its place.
    for range in gone.sorted(by: { $0.lowerBound > $1.lowerBound }) where range.upperBound <= lines.count { lines.removeSubrange(range) }
    return try edited(lines, wanted)
  }

  /// With another default.
  public func choosing(_ name: String) throws(ConfigurationError) -> Configuration {
    if name != Profile.sandbox { _ = try profile(name) }
    var lines = lines
    let line = "\(Self.defaultKey): \(YAMLText.scalar(name))"
    if let key = places.defaultKey, lines.indices.contains(key.line - 1) {
      lines[key.line - 1] = line + Self.comment(behind: lines[key.line - 1])
    } else if let profiles = places.profiles {
      lines.insert(line, at: profiles.line - 1)
    } else {
      lines.append(line)
    }
    var wanted = meaning
    wanted.defaultName = name
    return try edited(lines, wanted)
  }

  // MARK: lines

  private struct Meaning: Equatable {
    var defaultName: String?
    var profiles: [String: [ProfileKey: String]]
  }

  private var meaning: Meaning {
    Meaning(defaultName: defaultName, profiles: Dictionary(profiles.map { ($0.name, $0.settings.mapValues(\.text)) }) { $1 })
  }

  private func edited(_ lines: [String], _ wanted: Meaning) throws(ConfigurationError) -> Configuration {
    let end = text.contains("\r\n") ? "\r\n" : "\n"
    let text = lines.map { $0 + end }.joined()
    if let edited = try? Configuration(text, path: path), edited.meaning == wanted { return edited }
    throw ConfigurationError(
      "the file is written in a form that cannot be changed line by line, and stays as it is", path: path,
      hint: "change it in an editor, or write each profile's settings on lines of their own")
  }

  private var lines: [String] {
    // By scalars: "\r\n" is one character.
    var lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { String($0.last == "\r" ? $0.dropLast() : $0) }
    if lines.last == "" { lines.removeLast() }
    return lines
  }

  /// The lines of a profile: from its name to the last one that stands deeper.
  private func range(of name: String) -> Range<Int>? {
    guard let place = places.names[name] else { return nil }
    let lines = lines
    let start = place.line - 1
    var end = start + 1
    for (index, line) in lines.enumerated().dropFirst(start + 1) {
      let indent = line.prefix { $0 == " " }.count
      if indent == line.count { continue }
      if indent >= place.column {
        end = index + 1
      } else if line.dropFirst(indent).first != "#" {
        break
      }
    }
    return start < lines.count ? start..<min(end, lines.count) : nil
  }

  /// The comment at the end of a line, with the space before it.
  private static func comment(behind line: String) -> String {
    guard let start = line.firstRange(of: " #")?.lowerBound else { return "" }
    return line[..<start].reversed().prefix { $0 == " " } + String(line[start...])
  }

  private static func lines(of profile: Profile, indent: String) -> [String] {
    let settings = ProfileKey.allCases.compactMap { key in
      profile[key].map { "\(indent)  \(key.rawValue): \(key.isYesOrNo ? $0 : YAMLText.scalar($0))" }
    }
    return ["\(indent)\(profile.name):"] + settings
  }
}

/// Texts as scalars of YAML.
enum YAMLText {
  private static let words: Set<String> = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"]

  /// Plain where nothing in it could mean something else, else in quotes.
  static func scalar(_ text: String) -> String {
    let isPlain = text.unicodeScalars.allSatisfy {
      ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0) || " /._@+=,:-".unicodeScalars.contains($0)
    }
    let first = text.unicodeScalars.first
    let begins = first.map { ("a"..."z").contains($0) || ("A"..."Z").contains($0) || $0 == "/" } ?? false
    if isPlain, begins, !text.contains(": "), !text.hasSuffix(":"), !text.hasSuffix(" "), !words.contains(text.lowercased()) { return text }
    if text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
      let escaped = text.unicodeScalars.map { scalar -> String in
        switch scalar {
        case "\"", "\\": "\\" + String(scalar)
        case "\n": "\\n"
        case "\t": "\\t"
        case _ where scalar.properties.generalCategory == .control:
          "\\x" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
        default: String(scalar)
        }
      }
      return "\"" + escaped.joined() + "\""
    }
    return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
  }
}
