internal import Foundation
internal import SafeTerminal

/// The program in which long tables are looked at.
enum Pager {
  /// Colours as they are, and lines that are longer than the terminal go on at the side.
  static let usual = "less -FRS"

  /// `$PAGER`, or `less` where it is installed; nil where there is none, or the terminal is not one for it.
  static func line(isPlain: Bool, environment: (String) -> String?) -> String? {
    if isPlain { return nil }
    if let chosen = environment("PAGER") { return chosen.isEmpty ? nil : chosen }
    let folders = (environment("PATH") ?? "").split(separator: ":")
    return folders.contains { access("\($0)/less", X_OK) == 0 } ? usual : nil
  }
}
