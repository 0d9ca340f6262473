// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "safesh",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "safesh", targets: ["safesh"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.34.1"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    // The command: start-up, options, output format, exit status. Holds no domain logic.
    .executableTarget(name: "safesh", dependencies: ["CStaticStart", "SafeshCLI"]),
    .target(
      name: "SafeshCLI",
      dependencies: [
        "SafeAutomation", "SafeConfiguration", "SafeLanguage", "SafeLanguageServer", "SafeSystem", "SafeTerminal", "SecretSafeAPI",
        "SecretSafeClient",
        "SecretSafeServer", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    // Session, resources, verbs, report: knows the language and the API.
    .target(name: "SafeAutomation", dependencies: ["SafeLanguage", "SafeSystem", "SecretSafeAPI", "SecretSafeClient"]),
    // Source to closures. Knows neither API nor I/O.
    .target(name: "SafeLanguage", dependencies: ["Yams"]),
    // The file of profiles: text to values and back. Knows no network.
    .target(name: "SafeConfiguration", dependencies: ["SafeLanguage", "SafeSystem", "Yams"]),
    // What the system gives to all: files in one piece, folders of one's own, shell commands.
    .target(name: "SafeSystem", dependencies: ["CAllocator"]),
    // The Language Server Protocol over the language. Opens nothing itself.
    .target(name: "SafeLanguageServer", dependencies: ["SafeLanguage"]),
    // Token, retry, transport. Knows the API, not the language.
    .target(
      name: "SecretSafeClient",
      dependencies: [
        "SafeSystem", "SecretSafeAPI",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ]),
    // Models, endpoints, enums, errors: shared by client and server.
    .target(name: "SecretSafeAPI"),
    // Routes, authentication, the demo organization. Hummingbird lives here alone.
    .target(
      name: "SecretSafeServer",
      dependencies: [
        "SafeSystem", "SecretSafeAPI", "SecretSafeStore",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "HummingbirdTLS", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "CoreMetrics", package: "swift-metrics"),
        .product(name: "Mustache", package: "swift-mustache"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ]),
    // SQLite through GRDB, which lives here alone.
    .target(
      name: "SecretSafeStore",
      dependencies: [
        "SecretSafeAPI",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "CryptoExtras", package: "swift-crypto"),
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ]),
    // Line editor, tables, progress, colour. libedit lives here alone.
    .target(name: "SafeTerminal", dependencies: ["CLibedit", "SafeSystem"]),
    // Lets the static file start where there is no /proc.
    .target(name: "CStaticStart"),
    // How memory that was let go is kept.
    .target(name: "CAllocator"),
    .target(
      name: "CLibedit",
      linkerSettings: ["edit", "tinfo", "bsd", "md"].map { .linkedLibrary($0) }),
    // What the bench measures reads against; not part of the product.
    .executableTarget(
      name: "EmptyRoute",
      dependencies: [
        .product(name: "HTTPTypes", package: "swift-http-types"), .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"), .product(name: "NIOCore", package: "swift-nio"),
      ],
      path: "Benches/EmptyRoute"),
    // What the bench measures runs against: the HTTP client alone; not part of the product.
    .executableTarget(
      name: "BareLoop",
      dependencies: [
        .product(name: "AsyncHTTPClient", package: "async-http-client"), .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
      ],
      path: "Benches/BareLoop"),
    // What the bench measures the way to a server in the same process with; not part of the product.
    .executableTarget(name: "InProcess", dependencies: ["SafeshCLI", "SecretSafeAPI", "SecretSafeClient", "SecretSafeServer"], path: "Benches/InProcess"),
    // What the bench reads a long event log with; not part of the product.
    .executableTarget(name: "EventReader", dependencies: ["SecretSafeAPI", "SecretSafeClient"], path: "Benches/EventReader"),
    // The pacer and the server's limiter in virtual time, for the bench and the tests; not part of the product.
    .target(name: "PacingSimulation", dependencies: ["SecretSafeAPI", "SecretSafeClient", "SecretSafeServer"], path: "Benches/PacingSimulation"),
    // What the bench shows pacing with; not part of the product.
    .executableTarget(
      name: "Pacing", dependencies: ["PacingSimulation", "SecretSafeAPI", "SecretSafeClient", "SecretSafeServer"], path: "Benches/Pacing"),
    .testTarget(
      name: "SafeshCLITests",
      dependencies: [
        "safesh", "SafeAutomation", "SafeLanguage", "SafeshCLI", "SafeTerminal", "SecretSafeAPI", "SecretSafeClient", "SecretSafeServer",
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
      ]),
    .testTarget(name: "SafeConfigurationTests", dependencies: ["SafeConfiguration"]),
    .testTarget(
      name: "SecretSafeClientTests",
      dependencies: [
        "PacingSimulation", "SecretSafeAPI", "SecretSafeClient", "SecretSafeServer",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ]),
    .testTarget(
      name: "SafeAutomationTests",
      dependencies: ["SafeAutomation", "SafeLanguage", "SafeSystem", "SecretSafeAPI", "SecretSafeClient", "SecretSafeServer"]),
    .testTarget(name: "SafeSystemTests", dependencies: ["SafeSystem"]),
    .testTarget(name: "SafeTerminalTests", dependencies: ["SafeTerminal"]),
    .testTarget(name: "SafeLanguageServerTests", dependencies: ["SafeLanguage", "SafeLanguageServer"]),
    .testTarget(name: "SafeLanguageTests", dependencies: ["SafeLanguage"], exclude: ["Cases", "Fuzz"]),
    .testTarget(
      name: "SecretSafeStoreTests",
      dependencies: [
        "SecretSafeAPI", "SecretSafeStore", .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ]),
    .testTarget(
      name: "SecretSafeServerTests",
      dependencies: [
        "SecretSafeAPI", "SecretSafeServer", "SecretSafeStore",
        .product(name: "CoreMetrics", package: "swift-metrics"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdTesting", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ]),
  ]
)

for target in package.targets where !["CAllocator", "CLibedit", "CStaticStart"].contains(target.name) {
  target.swiftSettings =
    (target.swiftSettings ?? []) + [
      .swiftLanguageMode(.v6),
      .enableUpcomingFeature("ExistentialAny"),
      .enableUpcomingFeature("MemberImportVisibility"),
      .enableUpcomingFeature("InternalImportsByDefault"),
      .treatAllWarnings(as: .error),
    ]
}
