import Hummingbird
enum P { static func r() { _ = Router() } }
