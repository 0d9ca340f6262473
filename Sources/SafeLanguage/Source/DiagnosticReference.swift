/// What the reference tells of an error code: why it is one, what to do, and a script that has just this error.
extension Diagnostic.Code {
  /// Two sentences at least.
  public var explanation: String {
    switch self {
    case .badCharacter:
      "The language is written in letters, digits and the signs of its operators; other characters stand in texts and comments only. "
        + "Words as `&&`, `||` and `!` of other languages are `and`, `or` and `not`."
    case .openText:
      "A text in quotes ends on the line that it begins on. Close it, or write it over lines between `\"\"\"`."
    case .badLiteral:
      "What begins as a number, date, time or duration must be one to its end, and fit its type. "
        + "Dates are written as 2026-01-31, times as 2026-01-31T10:00:00Z, durations as 24h."
    case .unexpected:
      "The word or sign under the mark cannot stand there. Often what is missing stands before it: a closing bracket, an operator, "
        + "or the parentheses that a command needs around an expression."
    case .tooDeep:
      "Brackets, blocks, texts in texts and chains of operators have limits, so that no script can exhaust the checker. "
        + "Give a part a name with `let`."
    case .unknownName:
      "A bare name is a variable, a resource, or a case of an enum where one is expected; text stands in quotes. "
        + "A field of the current row has a dot before it."
    case .unknownField:
      "The type of a row says which fields it has, and this is none of them. After `select` and `summarize` a row has the columns that they name. "
        + "A name that is more than a word stands in quotes: `.\"e-mail\"`. A relation of each row of a list is reached by `expand`."
    case .unknownCase:
      "Where an enum is expected, a bare name is one of its cases. They are the API's names in lower camel case."
    case .unknownFunction:
      "A called name is a function, a verb, a `def`, or a method of the value before its dot. This is none that the script knows."
    case .unknownStage:
      "After `|` comes a stage, a method of the list, or a function that takes it. What other languages call a stage may have another name here."
    case .unknownArgument:
      "Each function, method and verb says which arguments it takes, and which of them are named. This is one too many, or has a name that it does not know."
    case .unknownType:
      "Types are Text, Int, Float, Bool, Date, Time, Duration, Email, Secret, Null, the resources, their ids and the enums. Lists are `[T]`, records `{ a: T }`."
    case .duplicateName:
      "A variable, column, field or argument has a name of its own where it stands. No variable is named like a resource, and no field of a resource is replaced."
    case .columnNeedsName:
      "A column is named by the last word of its path, and an aggregate by its function; what is computed has no such word. Write `name = …`."
    case .badUse:
      "A file of `use` is read when the script is checked, and holds `def`, `use` and pure `let` only. The path is from the file that uses it."
    case .typeMismatch:
      "The place needs a value of another type, and types that do not fit are never turned into one another silently. "
        + "Methods as `.int()` and `.text()` do so where it is meant."
    case .maybeNull:
      "The value has the type `T?` and a `T` is needed, so the null must be dealt with before. Give a default with `??`, go on with `?.`, or test with `!= null`."
    case .missingArgument:
      "The call has an argument without which it means nothing. The hint shows a whole call."
    case .noCurrentRow:
      "`.field` and `it` are about the row that a stage, a predicate or an `each` is at. Outside of these there is none; in `for` the row has a name."
    case .noValue:
      "`print`, `report` and most verbs give nothing that could be stored, compared or written. Do it as a statement of its own."
    case .badTextLiteral:
      "A text literal fits an address, date, time, id, enum, pattern or form, if it is one; that is looked at before anything runs. This one is not."
    case .lostIdentity:
      "A verb is about a resource, and `select`, `summarize`, `each` and `without` give rows that no longer are one. "
        + "Do them later, or use `.input` of an `each`."
    case .notAssignable:
      "Only a `var` can be set, and not from rows of an `each` that run at the same time. Declare it with `var`, or make the value an expression."
    case .undeclaredWrite:
      "A script without `needs` only reads; `needs` names each capability that it writes with, and how often at most. "
        + "So whoever runs it sees before what it may do."
    case .writeInExpression:
      "Predicates, projections and texts are worked out as often and in whatever order is best, so nothing is written, printed or fetched anew in them. "
        + "Use `each` or `for`."
    case .badNeeds:
      "`needs` stands at the top level and names each capability once, as it is in the table of verbs. This is no such name, or stands elsewhere."
    case .recursion:
      "Every script ends, so a function does not call itself, also not by way of others. Go through a list with `for` or a method."
    }
  }

  /// A script that has this error and no other.
  public var example: String {
    switch self {
    case .badCharacter: "members | where .twoFactorEnabled && .name != null"
    case .openText: "print \"hello"
    case .badLiteral: "events since: 2026-02-30"
    case .unexpected: "print 1 + 1"
    case .tooDeep: String(repeating: "(", count: 250)
    case .unknownName: "members | where .status == confirmed and name != null"
    case .unknownField: "members | where .stauts == confirmed"
    case .unknownCase: "members | where .status == cofirmed"
    case .unknownFunction: "\"a;b\".spilt(\";\")"
    case .unknownStage: "members | filter .twoFactorEnabled"
    case .unknownArgument: "events from: 24h"
    case .unknownType: "let names: [Txt] = []"
    case .duplicateName: "members | select .email, .email"
    case .columnNeedsName: "members | select .email.lower()"
    case .badUse: "use \"no-such-file.safe\" as names"
    case .typeMismatch: "members | take \"5\""
    case .maybeNull: "members | select short = .name.slice(0, 3)"
    case .missingArgument: "\"a-b\".replace(\"-\")"
    case .noCurrentRow: "for m in members { print .email }"
    case .noValue: "let x = print \"hello\""
    case .badTextLiteral: "members | where .email matches '('"
    case .lostIdentity: "needs members.remove <= 9\nmembers | select .email | each { remove it }"
    case .notAssignable: "let n = 0\nfor m in members { n += 1 }"
    case .undeclaredWrite: "invite ann@acme.com type: user"
    case .writeInExpression: "needs members.remove <= 9\nmembers | where remove(it) == null"
    case .badNeeds: "needs members.invit <= 9"
    case .recursion: "def down(n: Int) -> Int { down(n - 1) }"
    }
  }
}
