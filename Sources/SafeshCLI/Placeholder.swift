import ArgumentParser
enum P { static func r() -> any ParsableCommand.Type { P2.self } }
struct P2: ParsableCommand {}
