import AsyncHTTPClient
enum P { static let r = HTTPClient.self }
