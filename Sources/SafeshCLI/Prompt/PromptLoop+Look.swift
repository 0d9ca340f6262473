internal import Foundation
internal import SafeAutomation
internal import SafeLanguage
internal import SafeSystem
internal import SafeTerminal
internal import SecretSafeAPI

/// What stands before a line and at the start.
extension PromptLoop {
  /// Profile and organization; red where what is written changes people's work.
  var promptText: StyledText {
    let target = place.target
    let style: Style = target.isLive ? target.isReadOnly ? .name : .error : .ok
    let name = target.shortName + (target.organization.map { "/\($0)" } ?? "")
    return StyledText([(.bold, "safesh"), (.plain, " "), (style, name), (.plain, "> ")])
  }

  /// Two lines.
  var banner: [StyledText] {
    let target = place.target
    var first: [(style: Style, text: String)] = [(.bold, "safesh \(Version.current)"), (.dim, " on "), (.plain, target.name)]
    if target.isLive {
      if let organization = target.fullOrganization { first.append((.dim, ", organization \(organization)")) }
      first.append(target.isReadOnly ? (.dim, ": only looking") : (.error, ": what is written is done there"))
    } else {
      first.append((.dim, target.isTemporary ? ": a demo organization that ends with the prompt" : ": an organization to try things on"))
    }
    let second = target.isLive ? "Tab completes, :help tells more, Ctrl-D leaves" : ":tour shows it in ten steps, Tab completes, :help tells more, Ctrl-D leaves"
    return [StyledText(first), StyledText(second, .dim)]
  }

  var editorOptions: LineEditorOptions {
    LineEditorOptions(
      continuation: StyledText("... ", .dim), historyFile: BaseDirectory.state.folder(in: environment).map { $0 + "/history" },
      usesColor: options.color.isOn(for: STDOUT_FILENO, environment: ProcessEnvironment.variable))
  }
}
