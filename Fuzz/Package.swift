// swift-tools-version: 6.2
import PackageDescription

// A package of its own, since libFuzzer needs unsafe flags, which no package may have that others use. SwiftPM allows no target outside
// of its package, so the language itself, the targets and the test world are links into the main package.
let coverage = ["-sanitize=fuzzer,address"]

let package = Package(
  name: "fuzz",
  platforms: [.macOS(.v15)],
  dependencies: [.package(url: "https://github.com/jpsim/Yams", from: "6.0.0")],
  targets: [
    .target(name: "SafeLanguage", dependencies: ["Yams"], swiftSettings: [.unsafeFlags(coverage)]),
    .target(name: "CFuzzer"),
    .executableTarget(
      name: "fuzz", dependencies: ["CFuzzer", "SafeLanguage"], path: "Sources/Fuzz", swiftSettings: [.unsafeFlags(["-sanitize=address"])],
      linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])]),
  ]
)

for target in package.targets where target.name != "CFuzzer" {
  target.swiftSettings =
    (target.swiftSettings ?? []) + [
      .swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility"),
      .enableUpcomingFeature("InternalImportsByDefault"),
    ]
}
