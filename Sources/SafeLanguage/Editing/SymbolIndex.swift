/// What the names in a source mean, as the checker finds them; kept only where an editor asks.
struct SymbolIndex {
  enum Symbol {
    /// By the variable's slot.
    case variable(Int)
    /// By its place among the checker's definitions.
    case definition(Int)
    /// By its place among the checker's files.
    case module(Int)
    case resource(ResourceType)
    case relation(Relation)
    case field(Field, of: String)
    case enumCase(String, EnumType)
    case method(Method, of: Type, gives: Type?)
    case function(Function)
    case aggregate(Aggregate)
    case verb(Verb)
    case type(Type)
  }

  /// Where a variable comes from.
  struct Declaration {
    var slot: Int
    var name: Word
    var file: Int
    var type: Type
    var kind: Kind

    /// The word that it is declared with.
    enum Kind: String { case `let`, `var`, param, row, parameter }
  }

  private(set) var entries: [(span: Span, symbol: Symbol)] = []
  private(set) var declarations: [Int: Declaration] = [:]

  mutating func add(_ span: Span, _ symbol: Symbol) { entries.append((span, symbol)) }

  mutating func declare(_ declaration: Declaration) {
    declarations[declaration.slot] = declaration
    if declaration.file == 0 { entries.append((declaration.name.span, .variable(declaration.slot))) }
  }

  /// The name that a byte offset lies in or directly behind; of several the last that was found, which knows most.
  func symbol(at offset: Int) -> (span: Span, symbol: Symbol)? {
    entries.last { $0.span.start <= offset && offset < $0.span.end } ?? entries.last { $0.span.end == offset }
  }
}

extension Checker {
  /// Remembers what a name of the script itself means.
  mutating func note(_ span: Span, _ symbol: SymbolIndex.Symbol) {
    if file == 0, symbols != nil { symbols?.add(span, symbol) }
  }

  mutating func noteDeclaration(_ slot: Int, _ name: Word, _ type: Type, _ kind: SymbolIndex.Declaration.Kind) {
    if symbols != nil { symbols?.declare(SymbolIndex.Declaration(slot: slot, name: name, file: file, type: type, kind: kind)) }
  }
}
