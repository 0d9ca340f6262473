// The peer of `scripts/bench reads`: a route that does nothing, on the same Hummingbird. Prints its port.
import Foundation
import HTTPTypes
import Hummingbird
import Logging

let router = Router()
router.get("/") { _, _ in HTTPResponse.Status.ok }
let application = Application(
  router: router, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
  onServerRunning: { FileHandle.standardOutput.write(Data("port=\($0.localAddress?.port ?? 0)\n".utf8)) },
  logger: Logger(label: "empty") { _ in SwiftLogNoOpLogHandler() })
try await application.runService()
