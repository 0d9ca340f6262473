/// The tree as text without places: two sources with the same outline mean the same.
struct Outline {
  private(set) var text = ""

  /// The outline of a parsed source, with its documentation.
  static func of(_ parsed: Parser.Parsed) -> String {
    var outline = Outline()
    outline.node("file", parsed.documentation) { $0.block(parsed.program) }
    return outline.text
  }

  // MARK: pieces

  private mutating func leaf(_ kind: String, _ words: String?...) {
    text += "(\(kind)"
    for case let word? in words { text += " \(word.debugDescription)" }
    text += ")"
  }

  private mutating func node(_ kind: String, _ words: String?..., children: (inout Outline) -> Void) {
    text += "(\(kind)"
    for case let word? in words { text += " \(word.debugDescription)" }
    children(&self)
    text += ")"
  }

  // MARK: statements

  private mutating func block(_ block: Block) {
    node("block") { outline in
      for statement in block.statements { outline.statement(statement) }
    }
  }

  private mutating func statement(_ statement: Statement) {
    switch statement.kind {
    case .declare(let name, let isVariable, let type, let value):
      node(isVariable ? "var" : "let", name.text) { outline in
        if let type { outline.type(type) }
        outline.expression(value)
      }
    case .assign(let name, let adds, let value): node(adds ? "add" : "set", name.text) { $0.expression(value) }
    case .loop(let name, let list, let body):
      node("for", name.text) { outline in
        outline.expression(list)
        outline.block(body)
      }
    case .expression(let value): expression(value)
    case .param(let name, let type, let value, let documentation):
      node("param", name.text, documentation) { outline in
        outline.type(type)
        if let value { outline.expression(value) }
      }
    case .needs(let needs):
      node("needs") { outline in
        for need in needs { outline.leaf("need", need.capability.text, "\(need.cap)") }
      }
    case .define(let definition): define(definition)
    case .return(let value): node("return") { outline in if let value { outline.expression(value) } }
    case .use(let path, let name): leaf("use", path.text, name.text)
    case .assertion(let condition, let message):
      node("assert") { outline in
        outline.expression(condition)
        if let message { outline.expression(message) }
      }
    case .failure(let message): node("fail") { $0.expression(message) }
    case .test(let title, let snapshot, let body): node("test", title.text, snapshot?.text) { $0.block(body) }
    case .missing: leaf("missing")
    }
  }

  private mutating func define(_ definition: DefinitionSyntax) {
    node("def", definition.name.text, definition.documentation) { outline in
      for parameter in definition.parameters {
        outline.node("parameter", parameter.name.text) { outline in
          outline.type(parameter.type)
          if let value = parameter.value { outline.expression(value) }
        }
      }
      if let result = definition.result { outline.type(result) }
      outline.block(definition.body)
    }
  }

  private mutating func type(_ type: TypeSyntax) {
    switch type.kind {
    case .named(let name): leaf("type", name)
    case .list(let element): node("list-type") { $0.type(element) }
    case .optional(let inner): node("optional") { $0.type(inner) }
    case .record(let fields):
      node("record-type") { outline in
        for field in fields { outline.node("field", field.name.text) { $0.type(field.type) } }
      }
    }
  }

  // MARK: expressions

  private mutating func expression(_ expression: Expression) {
    switch expression.kind {
    case .int(let value): leaf("int", "\(value)")
    case .float(let value): leaf("float", "\(value)")
    case .bool(let value): leaf("bool", "\(value)")
    case .null: leaf("null")
    case .text(let value): leaf("text", value)
    case .interpolation(let parts):
      node("interpolation") { outline in
        for part in parts {
          switch part {
          case .characters(let characters): outline.leaf("text", characters)
          case .expression(let inner): outline.expression(inner)
          }
        }
      }
    case .duration(let value): leaf("duration", "\(value)")
    case .date(let value): leaf("date", "\(value)")
    case .time(let value): leaf("time", "\(value)")
    case .email(let value): leaf("email", value)
    case .guid(let value): leaf("id", value)
    case .name(let name): leaf("name", name)
    case .it: leaf("it")
    case .rowField(let name): leaf("row-field", name.text)
    case .field(let base, let name, let optional): node(optional ? "optional-field" : "field", name.text) { $0.expression(base) }
    case .index(let base, let index): node("index") { $0.expressions([base, index]) }
    case .call(let name, let arguments, let isCommand): node(isCommand ? "command" : "call", name.text) { $0.arguments(arguments) }
    case .method(let base, let name, let arguments, let optional):
      node(optional ? "optional-method" : "method", name.text) { outline in
        outline.expression(base)
        outline.arguments(arguments)
      }
    case .list(let elements): node("list") { $0.expressions(elements) }
    case .record(let entries):
      node("record") { outline in
        for entry in entries { outline.node("entry", entry.name.text) { $0.expression(entry.value) } }
      }
    case .negate(let operand): node("negate") { $0.expression(operand) }
    case .not(let operand): node("not") { $0.expression(operand) }
    case .binary(let operation, let left, let right): node(operation.rawValue) { $0.expressions([left, right]) }
    case .pipeline(let head, let stages):
      node("pipeline") { outline in
        outline.expression(head)
        for stage in stages { outline.stage(stage) }
      }
    case .conditional(let condition, let then, let otherwise):
      node("if") { outline in
        outline.expression(condition)
        outline.block(then)
        if let otherwise { outline.block(otherwise) }
      }
    case .attempt(let body, let name, let recovery):
      node("try", name?.text) { outline in
        outline.block(body)
        if let recovery { outline.block(recovery) }
      }
    case .typed(let call, let type):
      node("as") { outline in
        outline.expression(call)
        outline.type(type)
      }
    case .missing: leaf("missing")
    }
  }

  private mutating func expressions(_ expressions: [Expression]) {
    for item in expressions { expression(item) }
  }

  private mutating func arguments(_ arguments: [Argument]) {
    for argument in arguments { node("argument", argument.label?.text) { $0.expression(argument.value) } }
  }

  // MARK: stages

  private mutating func stage(_ stage: Stage) {
    switch stage.kind {
    case .filter(let condition): node("where") { $0.expression(condition) }
    case .select(let columns): node("select") { $0.columns(columns) }
    case .extend(let columns): node("extend") { $0.columns(columns) }
    case .sort(let keys):
      node("sort") { outline in
        for key in keys { outline.node(key.descending ? "descending" : "ascending") { $0.expression(key.value) } }
      }
    case .take(let count): node("take") { $0.expression(count) }
    case .skip(let count): node("skip") { $0.expression(count) }
    case .distinct(let keys): node("distinct") { $0.expressions(keys) }
    case .summarize(let columns, let keys):
      node("summarize") { outline in
        outline.columns(columns)
        outline.node("by") { $0.columns(keys) }
      }
    case .expand(let column): node("expand") { $0.columns([column]) }
    case .join(let join):
      node(join.keepsLeft ? "join-left" : "join", join.name?.text) { outline in
        outline.expression(join.table)
        for key in join.keys { outline.node("key") { $0.expressions([key.left] + (key.right.map { [$0] } ?? [])) } }
      }
    case .each(let each):
      node("each", each.rowName?.text, each.onError.map { "on error \($0.text)" }) { outline in
        if let par = each.par { outline.node("par") { $0.expression(par) } }
        if let key = each.key { outline.node("key") { $0.expression(key) } }
        outline.block(each.block)
      }
    case .call(let name, let arguments, let rest):
      node("stage", name.text, rest == nil ? nil : "rest") { $0.arguments(arguments) }
    case .missing: leaf("missing")
    }
  }

  private mutating func columns(_ columns: [Column]) {
    for column in columns { node("column", column.name?.text) { $0.expression(column.value) } }
  }
}
