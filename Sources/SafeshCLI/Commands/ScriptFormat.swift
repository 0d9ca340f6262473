internal import ArgumentParser
internal import Glibc
internal import SafeAutomation
internal import SafeLanguage
internal import SafeSystem
internal import SafeTerminal

struct Fmt: SafeshCommand {
  static let configuration = CommandConfiguration(
    abstract: "Lay scripts out in their one form.",
    discussion: """
      Files are written anew if something changes; - is standard input, which goes to standard output. What cannot be read is left alone, \
      with status 2. With --check nothing is written: files that would change are named, with status 1.
      """)

  @Flag(help: "Write nothing; name the files that would change, with status 1.")
  var check = false

  @Flag(help: "First mend what 'safesh check' can mend with certainty.")
  var fix = false

  @OptionGroup var options: GlobalOptions

  @Argument(help: ArgumentHelp("The scripts, or - for standard input.", valueName: "file"))
  var files: [String]

  func run() async -> ExitStatus { ScriptFormat(options: options.run, isCheck: check, isFixing: fix).format(files) }
}

/// `safesh fmt`.
struct ScriptFormat {
  let options: RunOptions
  let isCheck: Bool
  let isFixing: Bool

  func format(_ files: [String]) -> ExitStatus {
    let console = Console(options: options, schema: SecretSafeSchema.schema)
    var status = ExitStatus.done
    for path in files {
      switch format(path, console) {
      case .failed where status == .done: status = .failed
      case .usage: status = .usage
      default: break
      }
    }
    return status
  }

  private func format(_ path: String, _ console: Console) -> ExitStatus {
    let source: SourceFile
    let text: String
    do throws(RunError) {
      source = SourceFile(name: path == "-" ? "standard input" : path, bytes: try InputFiles.read(path))
    } catch {
      console.message("safesh: \(error.message)", .error)
      return .usage
    }
    let mended = isFixing && source.isText ? ScriptFormatter.fixed(source, schema: SecretSafeSchema.schema, loader: InputFiles.loader) : nil
    let laid = mended.map { SourceFile(name: source.name, text: $0) } ?? source
    do throws(ScriptErrors) {
      text = try ScriptFormatter.format(laid)
    } catch {
      console.diagnostics(error.diagnostics, in: error.source)
      return .usage
    }
    let isChanged = !text.utf8.elementsEqual(source.bytes)
    if isCheck {
      if isChanged { console.data(source.name + "\n") }
      return isChanged ? .failed : .done
    }
    if path == "-" {
      console.data(text)
      return .done
    }
    guard isChanged else { return .done }
    do throws(RunError) {
      guard access(path, W_OK) == 0 else { throw RunError(.file, "'\(path)' cannot be written: \(SystemFailure.last)") }
      try OutputFiles.save(path, toOutput: { _ in }) { sink throws(RunError) in try sink(Array(text.utf8)) }
    } catch {
      console.message("safesh: \(error.message)", .error)
      return .failed
    }
    console.message("\(path): laid out anew", .ok)
    return .done
  }
}
