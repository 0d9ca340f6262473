import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore
import SecretSafeAPI

/// The API's OpenAPI document, and Swagger UI to read it and try it (`api.md` 11). Both are open to all: they hold nothing of any organization.
struct DocumentRoutes {
  static let page = "/api/docs"
  private static let document = OpenAPI.document().json

  let assets: SwaggerAssets?

  func add(to router: Router<ServerContext>) {
    router.get(RouterPath(Routes.apiBase + OpenAPI.path)) { _, _ in Response.json(Self.document) }
    router.get(RouterPath(Self.page)) { request, _ -> Response in
      // The page's own paths are relative to the slash.
      guard request.uri.path.hasSuffix("/") else { return .empty(.movedPermanently, [.location: Self.page + "/"]) }
      return .text(assets == nil ? Self.howToGetAssets : Self.viewer, type: .htmlType)
    }
    guard let assets else { return }
    for (name, file) in assets.files {
      router.get(RouterPath(Self.page + "/" + name)) { _, _ in
        Response.asset(ByteBuffer(bytes: file.bytes), type: file.type)
      }
    }
    router.get(RouterPath(Self.page + "/start.js")) { _, _ in Response.text(Self.start, type: "text/javascript; charset=utf-8") }
  }

  private static let viewer = """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>SecretSafe organization API</title>
    <link rel="stylesheet" href="swagger-ui.css">
    </head>
    <body>
    <div id="swagger-ui"></div>
    <script src="swagger-ui-bundle.js"></script>
    <script src="start.js"></script>
    </body>
    </html>

    """

  private static let start = """
    SwaggerUIBundle({ url: "../specs/public/swagger.json", dom_id: "#swagger-ui", deepLinking: true, tryItOutEnabled: true });

    """

  private static let howToGetAssets = """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>SecretSafe organization API</title>
    </head>
    <body>
    <h1>SecretSafe organization API</h1>
    <p>The OpenAPI 3.1 document is at <a href="../specs/public/swagger.json">/api/specs/public/swagger.json</a>.</p>
    <p>To read it and try it here, fetch Swagger UI into a folder and point the server to it:</p>
    <pre>scripts/fetch-swagger-ui swagger-ui
    safesh serve --data org.db --swagger-ui swagger-ui</pre>
    </body>
    </html>

    """
}

/// Swagger UI's own files, read once.
struct SwaggerAssets: Sendable {
  struct File: Sendable {
    let type: String
    let bytes: [UInt8]
  }

  private static let names = [
    ("swagger-ui.css", "text/css; charset=utf-8"), ("swagger-ui-bundle.js", "text/javascript; charset=utf-8"),
  ]

  let files: [String: File]

  /// Errors: `data` if the folder lacks a file.
  init(folder: String) throws(ServerError) {
    var files: [String: File] = [:]
    for (name, type) in Self.names {
      guard let data = FileManager.default.contents(atPath: folder + "/" + name), !data.isEmpty else {
        throw ServerError(.data, "\(folder) holds no \(name): fetch Swagger UI with 'scripts/fetch-swagger-ui \(folder)', or leave --swagger-ui out")
      }
      files[name] = File(type: type, bytes: Array(data))
    }
    self.files = files
  }
}
