/// C1 codes that nobody can type, but that libedit can bind, since they are below 256.
enum PrivateKey {
  static let edit: UInt32 = 0x80
  static let escape: UInt32 = 0x81
  static let mark: UInt32 = 0x82
  static let kill: UInt32 = 0x83
  static let endOfLine: UInt32 = 0x84
  static let next: UInt32 = 0x85
  static let yank: UInt32 = 0x86
  static let nextWord: UInt32 = 0x87
  static let complete: UInt32 = 0x88
}

/// Our editing functions, with the functions of libedit whose place they take.
enum EditFunction: String, CaseIterable {
  case nothing, edit, interrupt, endOfInput, newline, enter, clear, complete, delete, undo, quoted, yank, copyWord, changeCase
  case up, down, search, left, right, beginningOfLine, endOfLine, killToEnd, nextWord

  /// As libedit knows it, which `~/.editrc` may bind too.
  var name: String { "safesh-" + rawValue }

  /// By its place among all, which is what libedit calls it with.
  init?(number: Int) {
    guard Self.allCases.indices.contains(number) else { return nil }
    self = Self.allCases[number]
  }

  /// Functions of libedit that draw, crash, or see only one line.
  var replaced: [String] {
    switch self {
    case .nothing: ["ed-command", "vi-histedit", "vi-to-history-line", "vi-repeat-search-next", "vi-repeat-search-prev"]
    case .endOfInput: ["em-delete-or-list", "vi-list-or-eof", "ed-end-of-file"]
    case .enter: ["ed-newline"]
    case .clear: ["ed-clear-screen", "ed-redisplay"]
    case .undo: ["vi-undo", "vi-undo-line"]
    case .quoted: ["ed-quoted-insert"]
    case .yank: ["em-yank"]
    case .copyWord: ["em-copy-prev-word"]
    case .changeCase: ["vi-change-case"]
    case .up: ["ed-prev-history", "ed-prev-line", "ed-search-prev-history"]
    case .down: ["ed-next-history", "ed-next-line", "ed-search-next-history"]
    case .search: ["em-inc-search-prev", "em-inc-search-next", "vi-search-prev", "vi-search-next"]
    default: []
    }
  }

  /// The same, but not in vi's command map, where these are motions of an operator.
  var replacedOutsideCommands: [String] {
    switch self {
    case .left: ["ed-prev-char"]
    case .right: ["ed-next-char"]
    case .beginningOfLine: ["ed-move-to-beg"]
    case .endOfLine: ["ed-move-to-end"]
    case .killToEnd: ["ed-kill-line"]
    case .nextWord: ["em-next-word"]
    default: []
    }
  }
}
