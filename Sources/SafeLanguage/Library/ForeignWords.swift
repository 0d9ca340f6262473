/// Words of other languages, and what this one has in their place: so that nobody is told of the nearest name where no name is meant.
enum ForeignWords {
  /// What a word at the beginning of a statement leads to.
  enum Statement {
    /// Another word that stands there in just the same way.
    case word(Keyword)
    case command(String)
    /// The statement is passed over.
    case hint(String)
  }

  static func statement(_ word: String) -> Statement? { statements[word] ?? statements[word.lowercased()] }

  private static let statements: [String: Statement] = {
    var words: [String: Statement] = [:]
    func add(_ names: String, _ meaning: Statement) { for name in names.split(separator: " ") { words[String(name)] = meaning } }
    add("foreach", .word(.for))
    add("const val final", .word(.let))
    add("mut dim", .word(.var))
    add("echo puts println printf say print_line writeln", .command("print"))
    add("while until loop do repeat forever", .hint("loops run over lists, so that every script ends: for i in range(10) { … }"))
    add("unless", .hint("write: if not … { … }"))
    add("elif elseif elsif", .hint("write: } else if … { … }"))
    add("switch match case", .hint("write: if … { … } else if … { … } else { … }"))
    add("function func fn fun proc sub", .hint("write: def name(a: Text) -> Text { return a }"))
    add("class struct interface record type enum", .hint("records have no names: { a: 1 } is one, and { a: Int } its type"))
    add("from", .hint("a pipeline begins with its list, as in: list | where .n > 1 | select .n"))
    add("break continue", .hint("a loop goes through its whole list: choose before with 'where' and 'take'"))
    add("throw raise", .command("fail"))
    add("exit quit", .hint("a script ends with its last line, or with an error: assert n > 0, \"message\""))
    add("await async", .hint("what waits does so by itself: leave the word out"))
    add("set", .hint("write: x = …, after var x = …"))
    add("except rescue", .hint("write: try { … } catch e { … }"))
    add("finally", .hint("what stands after the 'try' is done in any case"))
    add("require include using", .hint(useHint))
    return words
  }()

  static let useHint = "write: use \"lib/names.safe\" as names"

  /// Words that end a block elsewhere. After another mistake they say nothing new.
  static let closers: Set<String> = ["end", "done", "fi", "esac", "endif", "endfor", "wend", "next"]
  static let closerHint = "a block stands in braces: if … { … }"

  /// Another stage that takes the same.
  static let stages = [
    "project": "select", "filter": "where", "limit": "take", "head": "take", "unique": "distinct", "uniq": "distinct", "order": "sort",
    "orderby": "sort", "foreach": "each",
  ]

  /// How to say what stages of other languages do, where no stage takes the same.
  static let stageHints: [String: String] = {
    var hints = [
      "top": "write: sort -.field | take 3", "offset": "write: skip 10", "tail": "write: .last()", "grep": "write: where .field has \"text\"",
      "union": "lists are joined with '+': (a + b)", "mv-expand": "write: expand one = .list", "mv": "write: expand one = .list", "unwind": "write: expand one = .list",
      "lookup": "write: join left table on .key", "sample": "write: take 3", "project-away": "name the columns that stay: select .a, .b",
      "project-rename": "write: select new = .old", "project-reorder": "name the columns in their order: select .b, .a", "getschema": "write: take 1",
      "parse": "write: extend part = .field.capture('…')", "map": "write: select new = …", "having": "write: where … after the 'summarize'",
      "into": "write: save \"file.csv\"",
      "render": "write: chart",
    ]
    for name in ["group", "groupby", "aggregate", "make"] { hints[name] = "groups are made by 'summarize n = count() by .field'" }
    return hints
  }()

  /// How operators of other languages are said here.
  static let operators = [
    "is": "'==' compares", "equals": "'==' compares", "eq": "'==' compares", "ne": "'!=' compares", "contains": "a text 'has' a part: .name has \"an\"",
    "includes": "a text 'has' a part: .name has \"an\"", "like": "texts are compared with 'has', 'starts', 'ends' and 'matches'",
    "between": "write: .n >= 1 and .n <= 9", "mod": "'%' gives what is left", "div": "'//' divides and rounds down", "has_cs": "write 'has'",
    "hasprefix": "write 'starts'", "hassuffix": "write 'ends'", "has_any": "write: [\"a\", \"b\"].any(text has it)", "gt": "write '>'", "lt": "write '<'",
    "then": "a block stands in braces: if … { … }", "finally": "what stands after the 'try' is done in any case",
  ]

  /// How a word that is called is said here.
  static func call(_ word: String) -> String? { calls[word.lowercased()] }

  private static let calls: [String: String] = {
    var hints: [String: String] = [:]
    func add(_ names: String, _ hint: String) { for name in names.split(separator: " ") { hints[String(name)] = hint } }
    add("bin floor", "write: .n // 10 * 10, or of a time .startOfHour() or .day()")
    add("iff iif", "write: if … { a } else { b }")
    add("case", "write: if … { a } else if … { b } else { c }")
    add("isnull isempty is_null", "write: .field == null")
    add("isnotnull isnotempty", "write: .field != null")
    add("coalesce nvl ifnull", "write: a ?? b")
    add("ago", "write: now() - 1d")
    add("datetime date todatetime to_date", "write a date as 2026-01-31, a time as 2026-01-31T10:00:00Z, or text.date() and text.time()")
    add("timespan", "write a duration as 90m")
    add("startofday", "write: .date.day()")
    add("format_datetime strftime", "write: .date.format(\"…\")")
    add("strlen len length size", "write: text.length(), or list.count()")
    add("tolower lower lcase", "write: text.lower()")
    add("toupper upper ucase", "write: text.upper()")
    add("strcat concat str tostring", "values are put into a text as \"{a} {b}\", or: x.text()")
    add("toint tolong int number", "write: text.int()")
    add("todouble toreal float double", "write: text.float()")
    add("substring substr", "write: text.slice(0, 3)")
    add("trim", "write: text.trim()")
    add("split", "write: text.split(\",\")")
    add("replace_string replace_regex", "write: text.replace(\"a\", \"b\"), or text.replaceMatches('…', \"b\")")
    add("extract", "write: text.capture('…')")
    add("extract_all", "write: text.captureAll('…')")
    add("array_length", "write: list.count()")
    add("parse_json", "files are read with 'json'")
    add("countif", "write: count(condition)")
    add("sumif avgif", "filter before: where condition | summarize …")
    add("make_list make_set collect array_agg", "write: list(.field)")
    add("count_distinct dcountif", "write: dcount(.field)")
    add("arg_max argmax", "sort before: sort -.n | distinct .key")
    add("arg_min argmin", "sort before: sort .n | distinct .key")
    add("mean average", "write: avg(.field)")
    add("percentiles", "write one for each: percentile(.n, 95)")
    add("stdev variance", "how values spread is told by: percentile(.n, 95)")
    add("exists file open read", "files are read with 'csv', 'json', 'jsonl', 'yaml' and 'lines'")
    add("sleep wait", "what waits does so by itself")
    add("typeof type", "types are known before the run: an editor shows them")
    return hints
  }()

  /// How a method of other languages is called here.
  static let methods: [String: String] = [
    "filter": "where", "select": "map", "foreach": "map", "limit": "take", "head": "take", "drop": "skip", "offset": "skip", "size": "count", "len": "length",
    "length": "count", "unique": "distinct", "uniq": "distinct", "orderby": "sort", "order": "sort", "sorted": "sort", "sortby": "sort", "contains": "has",
    "includes": "has",
    "startswith": "starts", "endswith": "ends", "some": "any", "every": "all", "exists": "any", "tolowercase": "lower", "lowercase": "lower", "touppercase": "upper",
    "uppercase": "upper", "strip": "trim", "substring": "slice", "substr": "slice", "tostring": "text", "toint": "int", "parseint": "int", "flatmap": "flatten",
    "reversed": "reverse", "average": "avg", "mean": "avg", "match": "capture", "isempty": "any", "push": "+", "append": "+", "concat": "+", "tofixed": "round",
  ]

  /// Words of Kusto in the order of the reference, which has for each what is said of it here.
  private static let kusto = [
    "project", "project-away", "project-rename", "project-reorder", "filter", "limit", "order", "top", "sample", "mv-expand", "lookup", "union", "parse",
    "render", "getschema", "contains", "has_cs", "has_any", "hasprefix", "hassuffix", "between", "countif", "dcountif", "sumif", "make_list", "make_set", "arg_max",
    "arg_min", "percentiles", "bin", "ago", "datetime", "timespan", "startofday", "format_datetime", "iff", "case", "isnull", "isnotnull", "isempty", "isnotempty",
    "coalesce", "strlen", "tolower", "toupper", "strcat", "substring", "trim", "split", "replace_string", "replace_regex", "extract", "extract_all", "tostring", "toint",
    "todouble", "array_length",
  ]

  /// Those words with what is written here, words of one meaning together.
  static var kustoTable: [(words: [String], meaning: String)] {
    var rows: [(words: [String], meaning: String)] = []
    for word in kusto {
      guard let meaning = stages[word] ?? stageHints[word] ?? operators[word] ?? call(word) else { continue }
      if let known = rows.firstIndex(where: { $0.meaning == meaning }) { rows[known].words.append(word) } else { rows.append(([word], meaning)) }
    }
    return rows
  }
}
