/// A compiled pure expression: a closure of the type that the checker found, so that a condition gives a Bool and not a value to be looked at.
///
/// Closures are confined to the task that compiled them: two tasks on one closure tree gain nothing, since reference counts bounce.
enum Code {
  typealias Of<T> = (Frame) throws(RunError) -> T

  case bool(Of<Bool>)
  case int(Of<Int>)
  case float(Of<Double>)
  /// A cell whose text is in the row's memory or among the constants.
  case cell(Of<Cell>)
  case value(Of<Value>)

  func value(_ frame: Frame) throws(RunError) -> Value {
    switch self {
    case .bool(let code): .bool(try code(frame))
    case .int(let code): .int(try code(frame))
    case .float(let code): .float(try code(frame))
    case .cell(let code): try code(frame).value
    case .value(let code): try code(frame)
    }
  }

  var asValue: Of<Value> {
    switch self {
    case .bool(let code): { frame throws(RunError) in .bool(try code(frame)) }
    case .int(let code): { frame throws(RunError) in .int(try code(frame)) }
    case .float(let code): { frame throws(RunError) in .float(try code(frame)) }
    case .cell(let code): { frame throws(RunError) in try code(frame).value }
    case .value(let code): code
    }
  }

  /// Null counts as false, which only the prompt lets happen.
  var asBool: Of<Bool> {
    switch self {
    case .bool(let code): code
    case .cell(let code): { frame throws(RunError) in try code(frame).bool }
    default:
      { [code = asValue] frame throws(RunError) in
        if case .bool(true) = try code(frame) { return true }
        return false
      }
    }
  }

  var asInt: Of<Int> {
    switch self {
    case .int(let code): code
    case .cell(let code): { frame throws(RunError) in try code(frame).int }
    default:
      { [code = asValue] frame throws(RunError) in
        switch try code(frame) {
        case .int(let value), .date(let value), .time(let value), .duration(let value): return value
        default: return 0
        }
      }
    }
  }

  var asFloat: Of<Double> {
    switch self {
    case .float(let code): code
    case .int(let code): { frame throws(RunError) in Double(try code(frame)) }
    case .cell(let code): { frame throws(RunError) in try code(frame).float }
    default: { [code = asValue] frame throws(RunError) in try code(frame).double ?? 0 }
    }
  }

  /// As a cell whose text may be in the frame's scratch memory.
  var asCell: Of<Cell> {
    switch self {
    case .bool(let code): { frame throws(RunError) in .bool(try code(frame)) }
    case .int(let code): { frame throws(RunError) in .int(try code(frame)) }
    case .float(let code): { frame throws(RunError) in .float(try code(frame)) }
    case .cell(let code): code
    case .value(let code): { frame throws(RunError) in frame.scratch.cell(try code(frame)) }
    }
  }

  var asText: Of<String> {
    switch self {
    case .cell(let code):
      { frame throws(RunError) in
        let cell = try code(frame)
        return cell.kind == .text ? String(decoding: cell.bytes, as: UTF8.self) : ""
      }
    default: { [code = asValue] frame throws(RunError) in try code(frame).string }
    }
  }
}
