import GRDB
import Crypto
enum P { static func r() -> Any.Type { DatabaseQueue.self } }
