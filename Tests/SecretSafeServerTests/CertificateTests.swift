import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Testing

@testable import SecretSafeServer

@Suite struct CertificateTests {
  /// A certificate for localhost that signs itself, with its key, in files of their own.
  struct Files {
    let certificate: String
    let key: String

    init(in folder: URL, _ name: String) throws {
      (certificate, key) = (folder.appendingPathComponent(name + ".pem").path, folder.appendingPathComponent(name + ".key").path)
      let openssl = Process()
      openssl.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      openssl.arguments =
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=\(name)"]
        + ["-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate]
      openssl.standardError = FileHandle.nullDevice
      try openssl.run()
      openssl.waitUntilExit()
      try #require(openssl.terminationStatus == 0)
    }

    func copy(to other: Files) throws {
      try Data(contentsOf: URL(fileURLWithPath: certificate)).write(to: URL(fileURLWithPath: other.certificate))
      try Data(contentsOf: URL(fileURLWithPath: key)).write(to: URL(fileURLWithPath: other.key))
    }
  }

  /// Asks for `/health` on a connection that trusts one certificate only; `between` may do something before it asks again.
  @discardableResult
  private func ask(_ port: Int, trusting files: Files, between: (@Sendable () throws -> Void)? = nil) async throws -> [String] {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.trustRoots = .file(files.certificate)
    let context = try NIOSSLContext(configuration: configuration)
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(host: "127.0.0.1", port: port) { channel in
      channel.eventLoop.makeCompletedFuture {
        try channel.pipeline.syncOperations.addHandler(NIOSSLClientHandler(context: context, serverHostname: "localhost"))
        return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
      }
    }
    return try await channel.executeThenClose { inbound, outbound in
      var answers: [String] = []
      var parts = inbound.makeAsyncIterator()
      for round in 1...(between == nil ? 1 : 2) {
        if round == 2 { try between?() }
        try await outbound.write(ByteBuffer(string: "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"))
        var answer = ""
        while !answer.hasSuffix("}"), let part = try await parts.next() { answer += String(buffer: part) }
        answers.append(answer)
      }
      return answers
    }
  }

  @Test func aNewCertificateIsForNewConnections() async throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let (served, first, second) = (try Files(in: folder, "served"), try Files(in: folder, "first"), try Files(in: folder, "second"))
    try first.copy(to: served)
    try await OperationBench.run {
      $0.tls = (served.certificate, served.key)
    } _: { bench in
      let running = bench.running
      #expect(running.url == "https://127.0.0.1:\(running.port)")
      let answers = try await ask(running.port, trusting: first) {
        try second.copy(to: served)
        #expect(running.reloadCertificate())
      }
      // The connection from before goes on.
      #expect(answers.count == 2 && answers.allSatisfy { $0.status == 200 })
      #expect(try await ask(running.port, trusting: second).first?.status == 200)
      await #expect(throws: (any Error).self) { try await ask(running.port, trusting: first) }

      // What is no certificate, or another's key, changes nothing, and is told.
      try Data("nonsense".utf8).write(to: URL(fileURLWithPath: served.certificate))
      #expect(running.reloadCertificate())
      #expect(bench.lines.all.last?.contains("error the old certificate stays error=\"no certificate can be read from \(served.certificate)") == true)
      try first.copy(to: served)
      try FileManager.default.removeItem(atPath: served.key)
      try FileManager.default.copyItem(atPath: second.key, toPath: served.key)
      #expect(running.reloadCertificate())
      #expect(bench.lines.all.last?.contains("does not belong to the certificate") == true, "\(bench.lines.all)")
      #expect(try await ask(running.port, trusting: second).first?.status == 200)
      // One that speaks without TLS gets no answer.
      #expect(await bench.send("GET", "/health") == nil)
    }
  }

  @Test func withoutACertificateThereIsNothingToRead() async throws {
    try await OperationBench.run { bench in #expect(!bench.running.reloadCertificate()) }
  }

  @Test func aStartNamesAWayOut() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let (first, second) = (try Files(in: folder, "first"), try Files(in: folder, "second"))
    for (certificate, key, text) in [
      (folder.path + "/none.pem", first.key, "no certificate can be read from \(folder.path)/none.pem: name a file in PEM form"),
      (first.certificate, first.certificate, "no key can be read from \(first.certificate): name a file in PEM form, without a pass phrase"),
      (first.certificate, second.key, "does not belong to the certificate in \(first.certificate): name the two that were made together"),
    ] {
      let error = #expect(throws: ServerError.self) { try Certificate(certificatePath: certificate, keyPath: key) }
      #expect(error?.code == .certificate && error?.description.contains(text) == true, "\(error?.description ?? "")")
    }
  }

  private func folder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("safesh-" + UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }
}
