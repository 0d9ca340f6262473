internal import CLibedit
internal import Glibc

/// Which key does what: libedit's defaults, ours, the person's `~/.editrc`, and then our functions wherever libedit's would do harm.
enum KeyBindings {
  /// The lines of `~/.editrc`, and whether they choose vi's keys.
  static func editrc(_ environment: [String: String]) -> (lines: [String], isVi: Bool) {
    guard let home = environment["HOME"], let file = fopen(home + "/.editrc", "r") else { return ([], false) }
    defer { fclose(file) }
    var lines: [String] = []
    var buffer = [CChar](repeating: 0, count: 4096)
    while fgets(&buffer, Int32(buffer.count), file) != nil, lines.count < 1000 {
      lines.append(String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }
    let modes = lines.compactMap { line -> Bool? in
      let words = line.split(whereSeparator: \.isWhitespace)
      guard words.count == 2, words[0] == "bind" || words[0].hasSuffix(":bind") else { return nil }
      return words[1] == "-v" ? true : words[1] == "-e" ? false : nil
    }
    return (lines, modes.last ?? false)
  }

  /// Sets all keys up; gives the listing of what is bound, to tell known sequences from unknown.
  static func install(_ editor: OpaquePointer, isVi: Bool, editrc lines: [String]) -> String {
    // Resets all keys, so it comes first.
    clibedit_set_mode(editor, isVi ? "vi" : "emacs")
    for (number, function) in EditFunction.allCases.enumerated() { clibedit_add_function(editor, Int32(number), function.name) }
    bindOurs(editor, isVi: isVi)
    for line in lines { _ = clibedit_editrc_line(editor, line, 0) }
    replaceSingleKeys(editor, isVi: isVi)
    replaceSequences(editor)
    bindRequired(editor, isVi: isVi)
    return text(clibedit_bindings(editor))
  }

  private static func text(_ pointer: UnsafeMutablePointer<CChar>?) -> String {
    guard let pointer else { return "" }
    defer { free(pointer) }
    return String(cString: pointer)
  }

  private static func bindBoth(_ editor: OpaquePointer, _ key: String, _ function: String) {
    clibedit_bind(editor, 0, key, function)
    clibedit_bind(editor, 1, key, function)
  }

  private static func bindOurs(_ editor: OpaquePointer, isVi: Bool) {
    let keys: [(String, String)] = [
      ("^I", EditFunction.complete.name), ("^R", EditFunction.search.name), ("^_", EditFunction.undo.name), ("^[[3~", EditFunction.delete.name),
      ("^[[1;5C", "em-next-word"), ("^[[1;5D", "ed-prev-word"), ("^[[1;3C", "em-next-word"), ("^[[1;3D", "ed-prev-word"),
      ("^[[1~", EditFunction.beginningOfLine.name), ("^[[4~", EditFunction.endOfLine.name), ("^[[1;5A", EditFunction.up.name),
      ("^[[1;5B", EditFunction.down.name), ("^[[5~", EditFunction.up.name), ("^[[6~", EditFunction.down.name),
    ]
    for (key, function) in keys { bindBoth(editor, key, function) }
    if !isVi {
      bindBoth(editor, "^[^M", EditFunction.newline.name)
      clibedit_bind(editor, 0, "^[^J", EditFunction.newline.name)
    }
    let arrows: [(String, EditFunction)] = [
      ("A", .up), ("B", .down), ("C", .right), ("D", .left), ("H", .beginningOfLine), ("F", .endOfLine),
    ]
    for (letter, function) in arrows { for lead in ["^[[", "^[O"] { bindBoth(editor, lead + letter, function.name) } }
  }

  /// Functions of libedit that must not run, on whatever key they are, and ours in their place.
  private static func replacements(inCommands: Bool) -> [Substring: String] {
    var found: [Substring: String] = [:]
    for function in EditFunction.allCases {
      for name in function.replaced + (inCommands ? [] : function.replacedOutsideCommands) { found[Substring(name)] = function.name }
    }
    return found
  }

  /// The function in a line of libedit's listing: `"^A"  ->  ed-move-to-beg`. By bytes, since it is asked for every key of both maps at each start.
  private static func function(in line: some StringProtocol) -> Substring? {
    let bytes = Substring(line).utf8
    guard let arrow = bytes.lastIndex(of: UInt8(ascii: ">")) else { return nil }
    return Substring(bytes[arrow...].dropFirst().drop { $0 <= 32 }.prefix { $0 > 32 })
  }

  private static func replaceSingleKeys(_ editor: OpaquePointer, isVi: Bool) {
    for map in 0..<2 {
      let replacements = replacements(inCommands: isVi && map == 1)
      for code in 0..<256 {
        let key = octal(UInt32(code))
        guard let name = function(in: text(clibedit_binding(editor, Int32(map), key))), let ours = replacements[name] else { continue }
        clibedit_bind(editor, Int32(map), key, ours)
      }
    }
  }

  /// A key as `bind` takes every one: `\\001`.
  private static func octal(_ code: UInt32) -> String {
    let digits = String(code, radix: 8)
    return "\\" + String(repeating: "0", count: 3 - digits.count) + digits
  }

  private static func replaceSequences(_ editor: OpaquePointer) {
    let replacements = replacements(inCommands: false)
    for line in text(clibedit_bindings(editor)).split(separator: "\n").drop(while: { !$0.hasPrefix("Multi-character") }).dropFirst() {
      let parts = line.split(separator: "\"", omittingEmptySubsequences: false)
      guard parts.count >= 3, let name = function(in: parts[2]), let ours = replacements[name] else { continue }
      // Of vi's maps only one may have the first key as the beginning of more: `[A` in the insert map would swallow every `[`.
      for map: Int32 in [0, 1] where text(clibedit_binding(editor, map, firstKey(parts[1]))).contains("ed-sequence-lead-in") {
        clibedit_bind(editor, map, String(parts[1]), ours)
      }
    }
  }

  /// The first key of a sequence, as `bind` writes it.
  private static func firstKey(_ sequence: Substring) -> String {
    switch sequence.first {
    case "^": String(sequence.prefix(2))
    case "\\": String(sequence.prefix(sequence.dropFirst().first?.isNumber == true ? 4 : 2))
    default: String(sequence.prefix(1))
    }
  }

  /// Keys that nobody may take away: private ones, Ctrl-C, Enter.
  private static func bindRequired(_ editor: OpaquePointer, isVi: Bool) {
    let required: [(UInt32, String)] = [
      (3, EditFunction.interrupt.name), (PrivateKey.edit, EditFunction.edit.name), (PrivateKey.mark, "em-set-mark"), (PrivateKey.kill, "em-kill-region"),
      (PrivateKey.endOfLine, EditFunction.endOfLine.name), (PrivateKey.next, "ed-next-char"), (PrivateKey.yank, "em-yank"),
      (PrivateKey.nextWord, "em-next-word"), (PrivateKey.complete, EditFunction.complete.name),
      (PrivateKey.escape, isVi ? "vi-command-mode" : EditFunction.nothing.name), (13, EditFunction.enter.name), (10, EditFunction.enter.name),
    ]
    for (code, function) in required { bindBoth(editor, octal(code), function) }
  }

  /// Whether a sequence is in libedit's own list, which writes ESC as `^[`.
  static func isBound(_ sequence: [UInt32], in listing: String) -> Bool {
    var written = "\""
    for value in sequence {
      guard let scalar = Unicode.Scalar(value) else { return false }
      switch scalar {
      case "\u{1b}": written += "^["
      case "^", "\\": written += "\\" + String(scalar)
      default: written.unicodeScalars.append(scalar)
      }
    }
    return listing.contains(written + "\"")
  }
}
