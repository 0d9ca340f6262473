internal import Foundation
internal import SafeLanguage
internal import SafeSystem
internal import SafeTerminal

/// What `:more` and `:expand` do: a value that was shown is gone on with, or looked at one record a screen.
extension Console {
  /// Lines of a screen that are no rows: header and rule, columns that are left out, what is left, the prompt.
  private static let otherLines = 5
  private static let fewestRows = 3

  private var rowsOfScreen: Int {
    max(Self.fewestRows, (isOutputTerminal ? Terminal.size(STDOUT_FILENO) : Terminal.fallbackSize).rows - Self.otherLines)
  }

  /// Has lines for whoever asks for more.
  func hold(_ lines: [String]) { shown = ShownValue(.list(lines.map { .text($0) }), .list(.text)) }

  /// The next screenful of what is shown, and how much is left.
  func showNext() {
    guard var next = shown else { return }
    let range = next.next(fitting: rowsOfScreen)
    shown = next
    let writer = ValueWriter(schema: schema, canvas: canvas)
    var text = writer.tableText(next.value, range)
    if next.rest > 0 { text += Style.dim.applied(to: "\(TableLayout.grouped(next.rest)) more: :more shows them", color: colorsOutput) + "\n" }
    data(text)
  }

  /// What was not shown yet of the last value: in the pager where there is one, else the next screenful, and without a terminal all of it.
  func more() {
    guard let last = shown, last.rest > 0 else { return message("there is no more to show", .dim) }
    var writer = ValueWriter(schema: schema, canvas: canvas)
    let rest = last.shown..<last.shown + last.rest
    guard isOutputTerminal else {
      shown = ShownValue(last.value, last.type)
      return data(writer.tableText(last.value, rest))
    }
    guard let pager = Pager.line(isPlain: isPlain, environment: ProcessEnvironment.variable) else { return showNext() }
    writer.cuts = false
    let text = writer.tableText(last.value, rest)
    do throws(SystemFailure) {
      // The shell's word for a command that is not there, or cannot be run.
      if [126, 127].contains(try ForegroundCommand(pager).run(text: text)) { showNext() }
    } catch {
      message("error: the pager was not started: \(error.description)", .error)
      showNext()
    }
  }

  /// Lines that somebody who is asked a question wants to see: in the pager where there is one.
  func list(_ text: String) {
    let pager = isOutputTerminal ? Pager.line(isPlain: isPlain, environment: ProcessEnvironment.variable) : nil
    // The shell's word for a command that is not there, or cannot be run.
    let isShown = pager.flatMap { pager in asking { try? ForegroundCommand(pager).run(text: text) } }.map { ![126, 127].contains($0) } ?? false
    if !isShown { messageText(text) }
  }

  /// A page of help; one that is taller than the terminal stops at a screenful as a table does.
  func page(_ help: HelpText, _ text: (HelpText) -> String) {
    let page = text(help)
    let lines = page.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    guard isOutputTerminal, !isPlain, lines.count >= Terminal.size(STDOUT_FILENO).rows else { return messageText(page) }
    hold(text(help.withoutColor).split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init))
    showNext()
  }

  /// The records of a value one a screen, with all their fields; without a terminal one after another.
  func expand(_ value: Value, _ type: SafeLanguage.`Type`) {
    let count: Int
    switch value {
    case .table(let table): count = table.count
    case .record: count = 1
    default: return show(value, type)
    }
    func record(_ index: Int) -> [StyledText] {
      guard case .record(let row) = value.isList ? value.element(index) : value else { return [] }
      return [heading(index, of: count)] + RecordText(schema: schema, canvas: canvas).lines(row)
    }
    func draw(_ lines: some Sequence<StyledText>) { data(lines.map { $0.rendered(color: colorsOutput) + "\n" }.joined()) }
    let height = (isOutputTerminal ? Terminal.size(STDOUT_FILENO) : Terminal.fallbackSize).rows - 1
    let fits = count == 1 && record(0).count <= height
    if isOutputTerminal, !isPlain, !fits, Question.keys({ next in walk(count, height, record, draw, next) }) != nil { return }
    for index in 0..<count { draw(record(index)) }
  }

  private func heading(_ index: Int, of count: Int) -> StyledText {
    let text = count == 1 ? "record" : "record \(TableLayout.grouped(index + 1)) of \(TableLayout.grouped(count))"
    return StyledText(canvas.size.map { TableLayout.cut(text, $0.columns) } ?? text, .dim)
  }

  private func walk(
    _ count: Int, _ height: Int, _ record: (Int) -> [StyledText], _ draw: (ArraySlice<StyledText>) -> Void, _ next: (String) -> [UInt8]?
  ) {
    var walk = RecordWalk(records: count, height: height)
    var action = walk.first
    while true {
      switch action {
      case .end: return
      case .nothing: break
      case .show(let index, let line): draw(record(index)[line...].prefix(height))
      }
      let prompt = "\(TableLayout.grouped(walk.record + 1)) of \(TableLayout.grouped(count)): Enter goes on, b back, q leaves"
      let width = Terminal.size(STDOUT_FILENO).columns
      let key = next(Style.dim.applied(to: TableLayout.cut(prompt, max(1, width - 1)), color: colorsMessages))
      guard let key else { return }
      let lines = record(walk.record).count
      action = RecordWalk.Key(key).map { walk.take($0, lines: lines) } ?? .nothing
    }
  }
}

extension RecordWalk.Key {
  /// Nil for keys that mean nothing here.
  init?(_ bytes: [UInt8]) {
    switch bytes {
    case [10], [13], [UInt8(ascii: " ")], Array("n".utf8), Array("j".utf8), Array("\u{1b}[B".utf8), Array("\u{1b}OB".utf8): self = .next
    case Array("b".utf8), Array("p".utf8), Array("k".utf8), Array("\u{1b}[A".utf8), Array("\u{1b}OA".utf8): self = .back
    // Esc, Ctrl-C and Ctrl-D, too.
    case Array("q".utf8), [27], [3], [4]: self = .leave
    default: return nil
    }
  }
}
